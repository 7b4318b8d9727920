// Light, dark or as the system has it: a cookie that the server writes into <html data-theme>, so
// that no page flashes. The reader's zone travels the same way, for times on pages without a profile.
const remember = (name, value) => {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};

for (const button of document.querySelectorAll("[name=theme]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const theme = button.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    remember("theme", theme);
    for (const each of document.querySelectorAll("[name=theme]")) each.setAttribute("aria-pressed", String(each === button));
  });
}
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) remember("zone", zone);
