// Attachments: what was chosen is listed and can be taken back, files can be dropped or pasted on
// the form, and what is too large is said before it is sent. The files travel with the form.
import { say } from "./words.js";

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

for (const input of document.querySelectorAll("input[type=file][data-upload]")) {
  const form = input.form;
  const list = form.querySelector("[data-files]");
  const said = form.querySelector("[data-said]");
  const most = Number(input.dataset.maxBytes || Infinity);
  let chosen = [];

  const keep = () => {
    const box = new DataTransfer();
    for (const file of chosen) box.items.add(file);
    input.files = box.files;
    list.hidden = !chosen.length;
    list.replaceChildren(...chosen.map((file) => {
      const row = document.createElement("li");
      const away = document.createElement("button");
      away.type = "button";
      away.className = "linkish";
      away.textContent = say("remove");
      away.setAttribute("aria-label", say("remove_file", { name: file.name }));
      away.addEventListener("click", () => { chosen = chosen.filter((each) => each !== file); keep(); input.focus(); });
      row.append(`${file.name}, ${size(file.size)} `, away);
      return row;
    }));
  };
  const add = (files) => {
    const large = files.filter((file) => file.size > most);
    if (large.length && said) {
      said.hidden = false;
      said.textContent = say("too_large", { name: large.map((file) => file.name).join(", "), size: size(most) });
    }
    chosen = [...chosen, ...files.filter((file) => file.size <= most)];
    keep();
  };
  input.addEventListener("change", () => add([...input.files].filter((file) => !chosen.includes(file))));
  form.addEventListener("atrium:cleared", () => { chosen = []; keep(); });
  form.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) { event.preventDefault(); add([...event.clipboardData.files]); }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
}
