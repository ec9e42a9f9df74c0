// Spreadsheets read a text that begins like this as a formula; a quote in front of it prevents that.
const safe = (text) => (/^[=+\-@\t\r\n'＝＋－＠]/.test(text) ? `'${text}` : text);
const cell = (text) => `"${safe(text).replaceAll('"', '""')}"`;

/** Returns lists of texts as CSV. Spreadsheets need the byte order mark. */
function csv(lines) {
  return "\ufeff" + lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
