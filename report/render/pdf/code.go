package pdf

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// codeDigits are the characters of a look-up code: Crockford's base32, which
// leaves out what is mistaken for something else.
const codeDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Code is the short look-up code of a report: the first 50 bits of its hex
// SHA-256, as two groups of five characters. It finds a report and proves nothing.
func Code(digest string) string {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) < 7 {
		return ""
	}
	text := base32.NewEncoding(codeDigits).WithPadding(base32.NoPadding).EncodeToString(b)
	return text[:5] + "-" + text[5:10]
}

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
