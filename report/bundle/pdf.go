package bundle

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
)

// The PDF coat is read by a scanner of our own and not by a PDF library: it
// looks at no page, font or picture, follows at most one reference, inflates one
// stream up to [MaxSize], and passes over the file once. So a hostile file
// costs no more than an honest one of its size.
//
// It finds streams of the type EmbeddedFile anywhere in the file. Such a stream
// cannot hide: PDF keeps streams outside of compressed object streams. Exactly
// one must be there, for of two it would be a matter of taste which one counts.

const pdfMagic = "%PDF-"

// pdfFile is one pass over a PDF.
type pdfFile struct {
	data      []byte
	found     int // streams of the type EmbeddedFile
	attached  dictionary
	start     int // where the attachment's data begins
	encrypted bool
}

// unpdf is the one attachment of a PDF.
func unpdf(data []byte) ([]byte, error) {
	f := pdfFile{data: data}
	f.scan()
	switch {
	case f.encrypted:
		return nil, fmt.Errorf("%w: the PDF is encrypted", ErrCoat)
	case f.found == 0:
		return nil, fmt.Errorf("%w: the PDF has no report attached; a printed or scanned copy is only a picture", ErrCoat)
	case f.found > 1:
		return nil, fmt.Errorf("%w: the PDF has more than one attachment", ErrCoat)
	}
	raw, err := f.stream()
	if err != nil {
		return nil, err
	}
	return f.inflate(raw)
}

// scan goes from object to object. A stream is stepped over by its length where that is right.
func (f *pdfFile) scan() {
	s := lexer{data: f.data}
	for {
		trailer, ok := s.nextObject()
		if !ok {
			return
		}
		d, ok := s.dictionary()
		if !ok {
			continue
		}
		if d["Encrypt"] != "" && (trailer || d["Type"] == "/XRef") {
			f.encrypted = true
		}
		if trailer || !s.beginStream() {
			continue
		}
		if d["Type"] == "/EmbeddedFile" {
			f.found++
			f.attached, f.start = d, s.pos
		}
		if end, ok := f.endOfStream(d, s.pos); ok {
			s.pos = end
		} else if i := bytes.Index(f.data[s.pos:], []byte("endstream")); i >= 0 {
			s.pos += i
		} else {
			return // no stream ends any more; to go on looking would take for ever
		}
	}
}

// endOfStream is where the data of a stream ends if its direct length is right.
func (f *pdfFile) endOfStream(d dictionary, start int) (int, bool) {
	n, err := strconv.Atoi(d["Length"])
	if err != nil || n < 0 || n > len(f.data)-start {
		return 0, false
	}
	rest := f.data[start+n:]
	for _, eol := range []string{"", "\n", "\r\n", "\r"} {
		if bytes.HasPrefix(rest, []byte(eol+"endstream")) {
			return start + n, true
		}
	}
	return 0, false
}

// stream is the data of the attachment as it stands in the file.
func (f *pdfFile) stream() ([]byte, error) {
	d := f.attached
	if object, ok := reference(d["Length"]); ok {
		d = dictionary{"Length": f.number(object)}
	}
	end, ok := f.endOfStream(d, f.start)
	if !ok {
		return nil, fmt.Errorf("%w: the attachment is cut off or its length is wrong", ErrCoat)
	}
	return f.data[f.start:end], nil
}

// number is the integer that an object holds; empty where there is none, or two of that name.
func (f *pdfFile) number(object string) string {
	mark := []byte("\n" + object + " obj")
	i := bytes.Index(f.data, mark)
	if i < 0 || bytes.Contains(f.data[i+1:], mark) {
		return ""
	}
	s := lexer{data: f.data, pos: i + len(mark)}
	return s.token()
}

// inflate undoes the one compression that is read.
func (f *pdfFile) inflate(raw []byte) ([]byte, error) {
	if p := f.attached["DecodeParms"]; p != "" && p != "null" {
		return nil, fmt.Errorf("%w: the attachment is packed in a way that is not read", ErrCoat)
	}
	var data []byte
	switch f.attached["Filter"] {
	case "", "[]":
		data = raw
	case "/FlateDecode", "[/FlateDecode]":
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%w: the attachment is damaged", ErrCoat)
		}
		if data, err = io.ReadAll(io.LimitReader(z, MaxSize+1)); err != nil {
			return nil, fmt.Errorf("%w: the attachment is damaged", ErrCoat)
		}
	default:
		return nil, fmt.Errorf("%w: the attachment is packed in a way that is not read", ErrCoat)
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: the attachment is larger than %d MiB", ErrCoat, MaxSize>>20)
	}
	return data, nil
}
