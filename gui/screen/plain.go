package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"linecheck/gui/model"
)

// newPlain is a screen with a few lines and buttons. Closing is asked for
// like the window's own close button.
func newPlain(v model.PlainView, send func(model.Msg)) Page {
	var content []fyne.CanvasObject
	if len(v.Rows) > 0 {
		content = append(content, section("", table(v.Rows, true)...))
	}
	retry := button(v.Retry, true, send, v.RetryMsg)
	closing := button(v.Close, v.Retry == "", send, model.CloseAsked{})
	p := frame{head: heading(v.Tone, v.Title, v.Lines...), content: content, right: slices.Concat(closing, retry)}.page()
	if all := slices.Concat(retry, closing); len(all) > 0 {
		p.First = all[0]
	}
	return p
}
