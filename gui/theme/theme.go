// Package theme is how the window looks: calm colours, light and dark, one
// accent. Every text has a contrast of at least 4.5 to what is below it. What
// is shown does not come in here.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Panel is the name of the colour below a group of things.
const Panel fyne.ThemeColorName = "linecheckPanel"

// Theme is the program's own theme. What it does not say is Fyne's.
type Theme struct{ fallback fyne.Theme }

var _ fyne.Theme = Theme{}

// New is the theme; it follows the system's choice of light or dark.
func New() Theme { return Theme{theme.DefaultTheme()} }

// Color is a colour by its name, for the light or the dark variant.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	c, ok := light(name)
	if variant == theme.VariantDark {
		c, ok = dark(name)
	}
	if ok {
		return c
	}
	return t.fallback.Color(name, variant)
}

// rgb is an opaque colour from its six hex digits.
func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// over is a colour that what is below shines through.
func over(hex uint32, alpha uint8) color.NRGBA {
	c := rgb(hex)
	c.A = alpha
	return c
}

func light(name fyne.ThemeColorName) (color.NRGBA, bool) {
	switch name {
	case theme.ColorNameBackground:
		return rgb(0xf5f7f9), true
	case Panel, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return rgb(0xffffff), true
	case theme.ColorNameForeground:
		return rgb(0x1c2733), true
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return rgb(0x5b6875), true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return rgb(0x1f5f8b), true
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return rgb(0xffffff), true
	case theme.ColorNameButton:
		return rgb(0xe3e9ef), true
	case theme.ColorNameDisabledButton:
		return rgb(0xe9edf1), true
	case theme.ColorNameSuccess:
		return rgb(0x1d6b45), true
	case theme.ColorNameWarning:
		return rgb(0x8a5300), true
	case theme.ColorNameError:
		return rgb(0xa8322a), true
	case theme.ColorNameSeparator:
		return rgb(0xdde3e9), true
	case theme.ColorNameInputBorder:
		return rgb(0x8493a1), true
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return over(0x1f5f8b, 0x50), true
	case theme.ColorNameHover:
		return over(0x1c2733, 0x10), true
	}
	return color.NRGBA{}, false
}

func dark(name fyne.ThemeColorName) (color.NRGBA, bool) {
	switch name {
	case theme.ColorNameBackground:
		return rgb(0x161b21), true
	case Panel, theme.ColorNameInputBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return rgb(0x1f262e), true
	case theme.ColorNameForeground:
		return rgb(0xe4e9ee), true
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return rgb(0x9aa7b4), true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return rgb(0x7db8e0), true
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return rgb(0x10161c), true
	case theme.ColorNameButton:
		return rgb(0x2d3743), true
	case theme.ColorNameDisabledButton:
		return rgb(0x262e37), true
	case theme.ColorNameSuccess:
		return rgb(0x74c69a), true
	case theme.ColorNameWarning:
		return rgb(0xe5b567), true
	case theme.ColorNameError:
		return rgb(0xf0938a), true
	case theme.ColorNameSeparator:
		return rgb(0x2f3a45), true
	case theme.ColorNameInputBorder:
		return rgb(0x6c7b8a), true
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return over(0x7db8e0, 0x50), true
	case theme.ColorNameHover:
		return over(0xe4e9ee, 0x14), true
	}
	return color.NRGBA{}, false
}

// Font is Fyne's own, so that a window looks the same everywhere.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource { return t.fallback.Font(style) }

// Icon is Fyne's own.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.fallback.Icon(name) }

// Size is a size by its name, in device-independent pixels.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 16 // at 15 OpenGL cuts off the feet of g and y
	case theme.SizeNameHeadingText:
		return 26
	case theme.SizeNameSubHeadingText:
		return 18
	case theme.SizeNameCaptionText:
		return 13
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 6
	}
	return t.fallback.Size(name)
}
