package theme

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"linecheck/gui/model"
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

func ratio(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastFormula(t *testing.T) {
	if got := ratio(color.Black, color.White); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white has %.2f instead of 21", got)
	}
	if got := ratio(rgb(0x777777), color.White); math.Abs(got-4.48) > 0.01 {
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
	for tone, ground := range map[fyne.ThemeColorName]fyne.ThemeColorName{theme.ColorNameSuccess: GoodGround, theme.ColorNameWarning: WarnGround, theme.ColorNameError: BadGround} {
		for _, text := range []fyne.ThemeColorName{tone, theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNamePrimary} {
			pairs = append(pairs, [2]fyne.ThemeColorName{text, ground})
		}
	}
	for name, l := range looks() {
		th, least := New(model.Preferences{Look: l}, "en"), 4.5
		if l == model.LookContrast {
			least = 12
		}
		for _, p := range pairs {
			if got := ratio(th.Color(p[0], theme.VariantLight), th.Color(p[1], theme.VariantLight)); got < least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than %v", name, p[0], p[1], got, least)
			}
		}
		// What is not text but has to be seen: WCAG asks for 3.
		for _, ground := range []fyne.ThemeColorName{theme.ColorNameBackground, Panel} {
			for _, edge := range []fyne.ThemeColorName{theme.ColorNameInputBorder, Ring, theme.ColorNamePrimary} {
				if got := ratio(th.Color(edge, theme.VariantLight), th.Color(ground, theme.VariantLight)); got < 3 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, less than 3", name, edge, ground, got)
				}
			}
		}
	}
}

func looks() map[string]model.Look {
	return map[string]model.Look{"light": model.LookLight, "dark": model.LookDark, "contrast": model.LookContrast}
}

// The system's choice counts only where the person leaves it to the system.
func TestWhoChoosesTheLook(t *testing.T) {
	ground := func(l model.Look, v fyne.ThemeVariant) color.Color {
		return New(model.Preferences{Look: l}, "en").Color(theme.ColorNameBackground, v)
	}
	if ground(model.LookSystem, theme.VariantDark) != ground(model.LookDark, theme.VariantLight) || ground(model.LookSystem, theme.VariantLight) != ground(model.LookLight, theme.VariantDark) {
		t.Error("the system's choice does not count")
	}
	if ground(model.LookContrast, theme.VariantLight) != ground(model.LookContrast, theme.VariantDark) || ground(model.LookLight, 0) == ground(model.LookDark, 0) {
		t.Error("the person's choice does not count")
	}
}

// Each language's own name and texts are drawn in a font that has their letters.
func TestScripts(t *testing.T) {
	for language, name := range map[string]string{"hi": "NotoSansDevanagari-Regular.ttf", "ja": "DroidSansFallbackFull.ttf", "zh": "DroidSansFallbackFull.ttf"} {
		if f, ok := ScriptFont(language); !ok || f.Name() != name || New(model.Preferences{}, language).Font(fyne.TextStyle{Bold: true}).Name() != name {
			t.Errorf("%s is not drawn in %s", language, name)
		}
	}
	if _, ok := ScriptFont("de"); ok {
		t.Error("German has a script of its own")
	}
}

func TestTheRestIsFynes(t *testing.T) {
	test.NewTempApp(t) // Fyne's own theme asks it
	th, base := New(model.Preferences{}, "en"), theme.DefaultTheme()
	if th.Size(theme.SizeNamePadding) != base.Size(theme.SizeNamePadding) || th.Size(theme.SizeNameHeadingText) <= th.Size(theme.SizeNameText) {
		t.Error("sizes are not as meant")
	}
	if th.Icon(theme.IconNameConfirm).Name() != base.Icon(theme.IconNameConfirm).Name() || th.Font(fyne.TextStyle{}).Name() != base.Font(fyne.TextStyle{}).Name() {
		t.Error("icon or font is not Fyne's")
	}
	if th.Color("no such colour", 0) != base.Color("no such colour", 0) {
		t.Error("an unknown colour is not Fyne's")
	}
	large := New(model.Preferences{Large: true}, "en")
	if large.Size(theme.SizeNameText) != 20 || large.Size(theme.SizeNamePadding) != th.Size(theme.SizeNamePadding) {
		t.Error("large texts are not as meant")
	}
}
