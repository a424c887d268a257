() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (written) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = "#000";
    canvas.fillStyle = written;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, below, a) => ({
    r: a * top.r + (1 - a) * below.r, g: a * top.g + (1 - a) * below.g, b: a * top.b + (1 - a) * below.b,
  });
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((one) => {
      const p = one / 255;
      return p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const measured = (element, pseudo) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    let below = { r: 255, g: 255, b: 255 }, opacity = 1;
    for (const one of chain) {
      const style = getComputedStyle(one);
      opacity *= Number(style.opacity);
      const back = rgba(style.backgroundColor);
      below = over(back, below, back.a * opacity);
    }
    const style = getComputedStyle(element, pseudo);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const inkOpacity = opacity * (pseudo ? Number(style.opacity) : 1);
    return { ratio: contrast(over(ink, below, ink.a * inkOpacity), below), opacity: inkOpacity * ink.a };
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("script, style, noscript, [hidden], .bartext-inside")) continue;  // what is drawn behind those is no background
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (style.visibility !== "visible" || box.width < 2 || box.height < 2) continue;
    const isField = element.matches("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea");
    const own = isField ? element.value : [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("").trim();
    const words = own || (isField ? element.placeholder : "");
    if (!words) continue;
    const { ratio, opacity } = measured(element, isField && !own ? "::placeholder" : undefined);
    if (opacity < 0.05) continue;
    const control = element.closest("button, a, input, textarea, select, [role=button], [role=radio], [role=option]");
    const isOff = Boolean(control && (control.disabled || control.getAttribute("aria-disabled") === "true")) || Boolean(element.closest("[aria-disabled=true]"));
    const isIcon = element.matches("[data-testid=stIconMaterial]");
    const pixels = parseFloat(style.fontSize);
    const isLarge = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700);
    const least = isOff || isIcon || isLarge ? 3 : 4.5;
    if (ratio < least) {
      const key = element.closest("[class*=st-key-]");
      found.push(`${ratio.toFixed(2)} ${isOff ? "disabled " : ""}"${words.slice(0, 40)}" ${element.tagName} ${element.dataset.testid ?? element.className?.baseVal ?? element.className} in ${key ? [...key.classList].find((c) => c.startsWith("st-key-")) : ""}`);
    }
  }
  return found;
}
