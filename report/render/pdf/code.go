package pdf

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// LookupPage is the address of the page where a server that is reached under origin
// tells what it received under a look-up code.
func LookupPage(origin string) string { return strings.TrimRight(origin, "/") + "/r/" }

// qrCode draws a QR code into a square; without a text it draws nothing.
func (s *sheet) qrCode(text string, x, y, size float64) {
	if text == "" {
		return
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		s.f.SetError(fmt.Errorf("QR code: %w", err))
		return
	}
	n := code.Bounds().Dx()
	dot := round(size / float64(n))
	s.fill(ink())
	for row := range n {
		for column := 0; column < n; column++ {
			run := 0
			for column+run < n && dark(code.At(column+run, row)) {
				run++
			}
			if run > 0 {
				s.f.Rect(x+float64(float64(column)*dot), y+float64(float64(row)*dot), float64(float64(run)*dot), dot, "F")
				column += run
			}
		}
	}
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
