package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"linecheck/report/bundle"
	"linecheck/report/render"
	"linecheck/report/strict"
)

// The last line of a document, a comment to PDF readers, says how it was drawn:
//
//	%linecheck-pages LAYOUT ORGANISATION SHA256
//
// LAYOUT names everything that the drawing depends on beside the bundle: this
// code, the texts, the fonts. ORGANISATION is the name on the pages, in base64.
// SHA256 is the digest of everything before it.
//
// Nobody is asked to trust that line: whoever can change the file can change it
// too. It tells a verifier what to draw for comparison, and finds careless
// changes where the same drawing cannot be made any more.
const lastLine = "%linecheck-pages "

// layout grows whenever the same bundle is drawn differently. A test notices.
const layout = 2

// Layout names what the drawing depends on beside the bundle.
func (v View) Layout() string {
	h := sha256.New()
	words, err := strict.Encode(v.Words)
	if err != nil {
		return ""
	}
	for _, part := range append([][]byte{[]byte(strconv.Itoa(layout)), words, v.Fonts.Regular, v.Fonts.Bold}, v.Fonts.Others...) {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// sign adds the last line.
func sign(document []byte, v View) []byte {
	name := "-" + base64.RawURLEncoding.EncodeToString([]byte(v.Organisation))
	document = append(document, lastLine+v.Layout()+" "+name+" "...)
	sum := sha256.Sum256(document)
	return append(document, hex.EncodeToString(sum[:])+"\n"...)
}

// The errors of [Compare]: the file is no unchanged copy.
var (
	// ErrAltered: the file was changed since it was made.
	ErrAltered = errors.New("this copy of the PDF was altered")
	// ErrPages: the pages are not the picture of the attached report.
	ErrPages = errors.New("the pages show something else than the attached report")
)

// Compare says what the pages of a PDF are worth, whose bundle was taken out
// and verified before, in words for a verifier's step.
//
// Where the file says that it was drawn as we draw, it is drawn again from the
// bundle: it must be the same byte for byte, so no page, picture or hidden object
// can be another. A file drawn by another version cannot be drawn again; that
// it is unchanged is then only as good as the digest in its last line. A file
// that another program saved again has no last line: it is accepted with the word that its
// pages were not compared, unless it is still nearly the bytes that we would
// draw, which is a copy that somebody worked on. The attachment counts in each case.
func Compare(file []byte, b bundle.Bundle, v View) (string, error) {
	at := bytes.LastIndex(file, []byte(lastLine))
	if at < 0 {
		return resaved(file, b, v)
	}
	fields := strings.Split(string(file[at+len(lastLine):]), " ")
	if len(fields) != 3 {
		return "", ErrAltered
	}
	sum := sha256.Sum256(file[:len(file)-len(fields[2])])
	name, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(fields[1], "-"))
	if err != nil || fields[2] != hex.EncodeToString(sum[:])+"\n" {
		return "", ErrAltered
	}
	if fields[0] != v.Layout() {
		return "drawn by another version of Linecheck, so not compared: only the attachment counts", nil
	}
	expected := v.Organisation
	v.Organisation = string(name)
	ours, err := Render(b, v)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(file, ours) {
		return "", ErrPages
	}
	if v.Organisation != "" && v.Organisation != expected {
		return fmt.Sprintf("the same as the attached report, but made out to %q", render.Clean(clip(v.Organisation))), nil
	}
	return "the same as the attached report, byte for byte", nil
}

func resaved(file []byte, b bundle.Bundle, v View) (string, error) {
	ours, err := Render(b, v)
	if err != nil {
		return "", err
	}
	shorter := min(len(file), len(ours))
	if 2*(agree(file, ours, shorter)+agree(file[len(file)-shorter:], ours[len(ours)-shorter:], shorter)) > shorter {
		return "", ErrAltered
	}
	return "saved again by another program, so not compared: only the attachment counts", nil
}

// agree is how many of the first n bytes are the same.
func agree(a, b []byte, n int) (same int) {
	for i := range n {
		if a[i] == b[i] {
			same++
		}
	}
	return same
}
