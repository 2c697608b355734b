package pdf

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"

	"linecheck/report/crockford"
)

// codeLength is how many characters a look-up code has, without its hyphen.
const codeLength = 10

// Code is the short look-up code of a report: the first 50 bits of its hex
// SHA-256, as two groups of five characters. It finds a report and proves nothing.
func Code(digest string) string {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) < 7 {
		return ""
	}
	text := crockford.Encode(b)
	return text[:5] + "-" + text[5:10]
}

// LookupPage is the address of the page where a server that is reached under origin
// tells what it received under a look-up code.
func LookupPage(origin string) string { return strings.TrimRight(origin, "/") + "/r/" }

// Digests are the first and the last hex SHA-256 that have a look-up code. The
// code may be typed as people type: small letters, spaces, O for 0, I and L for 1.
func Digests(code string) (first, last string, ok bool) {
	code = crockford.Plain(code)
	if len(code) != codeLength {
		return "", "", false
	}
	b, err := crockford.Decode(code + "000000")
	if err != nil {
		return "", "", false
	}
	// 50 bits: six bytes, and the two highest bits of the seventh.
	first = hex.EncodeToString(b[:7]) + strings.Repeat("0", 50)
	b[6] |= 0x3f
	return first, hex.EncodeToString(b[:7]) + strings.Repeat("f", 50), true
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
