// Package pdf draws a report as a document: one page that a recruiter
// understands in ten seconds, then all evidence, then advice for IT. The bundle
// is the document's one attachment and the only thing in it that counts; the
// pages are a picture of it.
//
// Everything on the pages comes from the bundle, but for the organisation's
// name: so the same bundle gives the same bytes, and whoever verifies a file
// can draw it again and compare (see [Compare]). No clock, no file and no
// judgment comes in here, and nothing is verified.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"linecheck/report/advice"
	"linecheck/report/bundle"
)

// AttachmentName is the file name of the bundle inside of the document.
const AttachmentName = "readiness.json"

// Fonts are TrueType files. Regular and Bold draw Latin, Greek and Cyrillic;
// Others are looked through in order for every other character.
type Fonts struct {
	Regular, Bold []byte
	Others        [][]byte
}

// View is what the drawing needs beside the bundle.
type View struct {
	// Words is the message catalogue: every word on the pages.
	Words *advice.Catalogue
	Fonts Fonts
	// Organisation is who asks, by name; empty where that was not confirmed.
	Organisation string
	// Policy is the text of the policy to judge by where the bundle has no invite to bring one.
	Policy []byte
}

// ErrDraw: the bundle cannot be drawn.
var ErrDraw = errors.New("the report cannot be drawn as a PDF")

// Render is the document for a bundle.
func Render(b bundle.Bundle, v View) ([]byte, error) {
	attached, err := b.JSON()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDraw, err)
	}
	c, err := read(b, v)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDraw, err)
	}
	s, err := draw(c, v)
	if err != nil {
		return nil, err
	}
	s.f.SetAttachments([]fpdf.Attachment{{Content: attached, Filename: AttachmentName, Description: v.Words.Name("pdf.attachment")}})
	var out bytes.Buffer
	if err := s.f.Output(&out); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDraw, err)
	}
	return sign(out.Bytes(), v), nil
}

// draw draws all pages.
func draw(c content, v View) (*sheet, error) {
	s, err := newSheet(c, v)
	if err != nil {
		return nil, err
	}
	s.cover()
	s.judgment()
	s.evidence()
	s.advice()
	s.about()
	s.pageNumbers()
	if err := s.f.Error(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDraw, err)
	}
	return s, nil
}

// moment is a time as people read it.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// day is a date as people read it.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
