package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// palette is one way to colour the window. Each text colour has a contrast of at
// least 4.5 to each ground it stands on.
type palette struct {
	ground, panel, raised, line, edge uint32 // grounds, and lines between and around things
	text, muted                       uint32
	accent, onAccent                  uint32
	good, warn, bad                   uint32
	onTone                            uint32 // text on good, warn and bad
	goodGround, warnGround, badGround uint32 // grounds below text in the tone's colour
}

func light() palette {
	return palette{
		ground: 0xf3f6f7, panel: 0xffffff, raised: 0xe4ecee, line: 0xdde5e8, edge: 0x7b8c94,
		text: 0x14212b, muted: 0x52626d, accent: 0x0b6b73, onAccent: 0xffffff,
		good: 0x17663f, warn: 0x835000, bad: 0xa32d25, onTone: 0xffffff,
		goodGround: 0xe3f3ea, warnGround: 0xfbf0dc, badGround: 0xfbe7e4,
	}
}

func dark() palette {
	return palette{
		ground: 0x11171c, panel: 0x1a2229, raised: 0x2a363f, line: 0x2b3841, edge: 0x6d7f8b,
		text: 0xe6edf1, muted: 0xa3b1bb, accent: 0x5fc9cf, onAccent: 0x06181a,
		good: 0x78cfa0, warn: 0xeab968, bad: 0xf49a90, onTone: 0x11171c,
		goodGround: 0x173026, warnGround: 0x33290f, badGround: 0x3a1f1d,
	}
}

// contrast is for people who need strong differences: every text has at least 12.
func contrast() palette {
	return palette{
		ground: 0x000000, panel: 0x000000, raised: 0x000000, line: 0xffffff, edge: 0xffffff,
		text: 0xffffff, muted: 0xffffff, accent: 0xffdd33, onAccent: 0x000000,
		good: 0x7dffab, warn: 0xffd27d, bad: 0xffb3ab, onTone: 0x000000,
		goodGround: 0x000000, warnGround: 0x000000, badGround: 0x000000,
	}
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

// Names of colours that Fyne has none for.
const (
	// Panel is below a group of things, Raised below what can be pressed.
	Panel  fyne.ThemeColorName = "linecheckPanel"
	Raised fyne.ThemeColorName = "linecheckRaised"
	// Ring is around what has the focus.
	Ring fyne.ThemeColorName = "linecheckRing"
	// GoodGround, WarnGround and BadGround are below things in these tones.
	GoodGround fyne.ThemeColorName = "linecheckGoodGround"
	WarnGround fyne.ThemeColorName = "linecheckWarnGround"
	BadGround  fyne.ThemeColorName = "linecheckBadGround"
)

func (p palette) color(name fyne.ThemeColorName) (color.NRGBA, bool) {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameHeaderBackground, theme.ColorNameInputBackground:
		return rgb(p.ground), true
	case Panel, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return rgb(p.panel), true
	case Raised, theme.ColorNameButton, theme.ColorNameDisabledButton:
		return rgb(p.raised), true
	case theme.ColorNameForeground, Ring:
		return rgb(p.text), true
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return rgb(p.muted), true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return rgb(p.accent), true
	case theme.ColorNameForegroundOnPrimary:
		return rgb(p.onAccent), true
	case theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return rgb(p.onTone), true
	case theme.ColorNameSuccess:
		return rgb(p.good), true
	case theme.ColorNameWarning:
		return rgb(p.warn), true
	case theme.ColorNameError:
		return rgb(p.bad), true
	case GoodGround:
		return rgb(p.goodGround), true
	case WarnGround:
		return rgb(p.warnGround), true
	case BadGround:
		return rgb(p.badGround), true
	case theme.ColorNameSeparator:
		return rgb(p.line), true
	case theme.ColorNameInputBorder, theme.ColorNameScrollBar:
		return rgb(p.edge), true
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return over(p.accent, 0x50), true
	case theme.ColorNameHover, theme.ColorNamePressed:
		return over(p.text, 0x14), true
	case theme.ColorNameShadow:
		return over(0x000000, 0x30), true
	}
	return color.NRGBA{}, false
}
