"""Parameters of a small run, whose cost is computed by hand."""

from blindspot.models.description import Local, Server
from blindspot.params import CandidateParams
from flows.estimate.parts import Sections
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

WEIGHTS = Local(model="any")
SERVER = Server(kind="endpoint", base_url="http://127.0.0.1:9/v1", model="any")
GIVEN = Sections(
    explore=ExploreParams(calls=20, together=10, proposals=60, max_new_tokens=25),
    train=TrainParams(
        base_model="any", steps=10, images_per_step=3, num_generations=4, checkpoint_every=4, max_new_tokens=20
    ),
    harvest=HarvestParams(base="any", calls=50, quota=25, max_new_tokens=30),
    verify=VerifyParams(),
    candidate=CandidateParams(model="any", max_new_tokens=5),
    source="folder",
    validation=7,
    start=WEIGHTS,
    base=WEIGHTS,
)
