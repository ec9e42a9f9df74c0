// Searches the documentation site for the words of an error message, and reports what does not work.

const WORDS = "the reward component returns values for questions";

export async function useSite(open, faults) {
  const page = await open("index.html");
  await page.focus(".md-search__input");
  await page.keyboard.type(WORDS);
  await page
    .waitForFunction(() => document.querySelector(".md-search-result__link[href*=troubleshooting]"), { timeout: 20000 })
    .catch(() => faults.push(`search: “${WORDS}” does not find the page Troubleshooting`));
  await page.close();
}
