package gui

import (
	"image"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"linecheck/gui/screen"
	own "linecheck/gui/widget"
)

// turn shows another page.
func (w *App) turn(p screen.Page) {
	w.page = p
	w.window.SetContent(w.content(p))
	w.window.Canvas().SetOnTypedKey(p.Key)
	w.window.Canvas().Focus(p.First)
}

// renew shows the same page with other content: scrolled as it was, and with what
// had the focus in it again.
func (w *App) renew(p screen.Page) {
	offset := w.page.Body.Offset
	before, _ := w.window.Canvas().Focused().(*own.Button)
	at := -1
	for i, b := range w.page.Buttons {
		if b == before {
			at = i
		}
	}
	w.turn(p)
	p.Body.ScrollToOffset(offset)
	if at >= 0 && at < len(p.Buttons) {
		w.window.Canvas().Focus(p.Buttons[at])
	}
}

// returned shows the page below again, as it was when a deeper one was shown.
func (w *App) returned(p screen.Page) {
	offset := w.below.Offset
	w.turn(p)
	w.window.Canvas().Focus(p.Deeper)
	p.Body.ScrollToOffset(offset)
}

// content is a page in the window. Without a least width Fyne would try the page
// as narrow as one word, find it very high, and enlarge the window to that.
func (w *App) content(p screen.Page) fyne.CanvasObject {
	least := canvas.NewRectangle(color.Transparent)
	least.SetMinSize(fyne.NewSize(leastWidth, leastHeight))
	return container.NewStack(least, p.Content, w.pixel)
}

// firstPaint is one pixel that nobody sees and that says when it is painted.
func firstPaint(painted func()) fyne.CanvasObject {
	var once sync.Once
	r := canvas.NewRaster(func(int, int) image.Image {
		if painted != nil {
			once.Do(painted)
		}
		return image.NewNRGBA(image.Rect(0, 0, 1, 1)) // transparent
	})
	r.Resize(fyne.NewSize(1, 1))
	return container.NewWithoutLayout(r)
}
