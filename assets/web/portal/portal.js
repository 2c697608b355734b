// What the pages do beside working without it: two reports are compared, so a third cannot be chosen.
for (const form of document.querySelectorAll('form[action="/portal/compare"]')) {
  const boxes = [...form.querySelectorAll('input[name="c"]')];
  const count = () => {
    const full = boxes.filter((b) => b.checked).length >= 2;
    for (const b of boxes) b.disabled = full && !b.checked;
  };
  form.addEventListener("change", count);
  count();
}
