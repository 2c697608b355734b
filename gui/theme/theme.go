// Package theme is how the window looks: calm colours (light, dark, and of high
// contrast), one accent, a scale of sizes, and the fonts. Every text has a contrast of
// at least 4.5 to what is below it. What is shown does not come in here.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"linecheck/assets"
	"linecheck/gui/model"
)

// Theme is the program's own theme. What it does not say is Fyne's.
type Theme struct {
	fallback fyne.Theme
	look     model.Look
	large    bool
	script   fyne.Resource // the font of a language's script; nil where Fyne's own has it
}

var _ fyne.Theme = Theme{}

// New is the theme for what the person prefers, and for texts in a language, as "hi".
func New(p model.Preferences, language string) Theme {
	t := Theme{fallback: theme.DefaultTheme(), look: p.Look, large: p.Large}
	t.script, _ = ScriptFont(language)
	return t
}

// ScriptFont is the font for a language that is not written in Latin, Greek or
// Cyrillic letters; ok is false for one that is.
func ScriptFont(language string) (font fyne.Resource, ok bool) {
	name := map[string]string{"hi": "NotoSansDevanagari-Regular", "ja": "DroidSansFallbackFull", "zh": "DroidSansFallbackFull"}[language]
	if name == "" {
		return nil, false
	}
	data, err := assets.Font(name)
	if err != nil {
		return nil, false
	}
	return fyne.NewStaticResource(name+".ttf", data), true
}

// Color is a colour by its name. The variant counts only where the person leaves the look to the system.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if c, ok := t.palette(variant).color(name); ok {
		return c
	}
	return t.fallback.Color(name, variant)
}

func (t Theme) palette(variant fyne.ThemeVariant) palette {
	switch {
	case t.look == model.LookContrast:
		return contrast()
	case t.look == model.LookDark, t.look == model.LookSystem && variant == theme.VariantDark:
		return dark()
	default:
		return light()
	}
}

// Font is the script's own, or Fyne's, so that a window looks the same everywhere.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	if t.script != nil && !style.Monospace && !style.Symbol {
		return t.script
	}
	return t.fallback.Font(style)
}

// Icon is Fyne's own.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.fallback.Icon(name) }

// Size is a size by its name, in device-independent pixels.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	s := t.size(name)
	switch name {
	case theme.SizeNameText, theme.SizeNameHeadingText, theme.SizeNameSubHeadingText, theme.SizeNameCaptionText, theme.SizeNameInlineIcon:
		if t.large {
			return s * 1.25
		}
	}
	return s
}

// The scale of text sizes: each is about a quarter larger than the one below it.
func (t Theme) size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameCaptionText:
		return 14
	case theme.SizeNameText:
		return 16 // at 15 OpenGL cuts off the feet of g and y
	case theme.SizeNameSubHeadingText:
		return 19
	case theme.SizeNameHeadingText:
		return 28
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 8
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameInnerPadding:
		return 9
	}
	return t.fallback.Size(name)
}
