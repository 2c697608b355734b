package theme

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastFormula(t *testing.T) {
	if got := contrast(color.Black, color.White); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white has %.2f instead of 21", got)
	}
	if got := contrast(rgb(0x777777), color.White); math.Abs(got-4.48) > 0.01 {
		t.Errorf("#777 on white has %.2f instead of 4.48", got)
	}
}

// Every text can be read on everything it may stand on, in both variants.
func TestTextHasContrast(t *testing.T) {
	texts := []fyne.ThemeColorName{
		theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNameDisabled, theme.ColorNamePrimary,
		theme.ColorNameHyperlink, theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError,
	}
	grounds := []fyne.ThemeColorName{theme.ColorNameBackground, Panel, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground}
	pairs := [][2]fyne.ThemeColorName{
		{theme.ColorNameForeground, theme.ColorNameButton}, {theme.ColorNameDisabled, theme.ColorNameDisabledButton},
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForegroundOnError, theme.ColorNameError},
		{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess}, {theme.ColorNameForegroundOnWarning, theme.ColorNameWarning},
	}
	for _, text := range texts {
		for _, ground := range grounds {
			pairs = append(pairs, [2]fyne.ThemeColorName{text, ground})
		}
	}
	for name, variant := range variants() {
		for _, p := range pairs {
			if got := contrast(New().Color(p[0], variant), New().Color(p[1], variant)); got < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than 4.5", name, p[0], p[1], got)
			}
		}
		// What is not text but has to be seen: WCAG asks for 3.
		if got := contrast(New().Color(theme.ColorNameInputBorder, variant), New().Color(theme.ColorNameInputBackground, variant)); got < 3 {
			t.Errorf("%s: the border of an input field has a contrast of %.2f, less than 3", name, got)
		}
	}
}

func variants() map[string]fyne.ThemeVariant {
	return map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}
}

// Both variants say the same names: one that only one of them says would mix their looks.
func TestVariantsSayTheSameNames(t *testing.T) {
	test.NewTempApp(t) // Fyne's own theme asks it
	for _, name := range []fyne.ThemeColorName{
		Panel, theme.ColorNameBackground, theme.ColorNameButton, theme.ColorNameDisabledButton, theme.ColorNameDisabled, theme.ColorNameError,
		theme.ColorNameFocus, theme.ColorNameForeground, theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnPrimary,
		theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning, theme.ColorNameHeaderBackground, theme.ColorNameHover,
		theme.ColorNameHyperlink, theme.ColorNameInputBackground, theme.ColorNameInputBorder, theme.ColorNameMenuBackground,
		theme.ColorNameOverlayBackground, theme.ColorNamePlaceHolder, theme.ColorNamePressed, theme.ColorNamePrimary, theme.ColorNameScrollBar,
		theme.ColorNameScrollBarBackground, theme.ColorNameSelection, theme.ColorNameSeparator, theme.ColorNameShadow, theme.ColorNameSuccess, theme.ColorNameWarning,
	} {
		_, inLight := light(name)
		_, inDark := dark(name)
		if inLight != inDark {
			t.Errorf("%s is in one variant only", name)
		}
		for variant, v := range variants() {
			if New().Color(name, v) == nil {
				t.Errorf("%s has no colour in the %s variant", name, variant)
			}
		}
	}
}

func TestTheRestIsFynes(t *testing.T) {
	th, base := New(), theme.DefaultTheme()
	if th.Size(theme.SizeNamePadding) != base.Size(theme.SizeNamePadding) || th.Size(theme.SizeNameHeadingText) <= th.Size(theme.SizeNameText) {
		t.Error("sizes are not as meant")
	}
	if th.Icon(theme.IconNameConfirm).Name() != base.Icon(theme.IconNameConfirm).Name() || th.Font(fyne.TextStyle{}).Name() != base.Font(fyne.TextStyle{}).Name() {
		t.Error("icon or font is not Fyne's")
	}
}
