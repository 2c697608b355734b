package support

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"compress/flate"

	"linecheck/report/envelope"
)

// Bounds of what is read of a bundle: its bytes, its files, and what they unpack to.
const (
	MaxSize  = 16 << 20
	maxFiles = 200
	maxFile  = 8 << 20
	maxTotal = 32 << 20
)

// ErrBundle: the bytes are no support bundle, and nothing in them can be read.
var ErrBundle = errors.New("not a support bundle")

// The troubles of a bundle.
const (
	CutOff    = "cut-off"    // its end is missing, or damaged
	NoList    = "no-list"    // it has no manifest that can be read
	Altered   = "altered"    // a file is not what the manifest says
	Missing   = "missing"    // a file of the manifest is not there
	Unlisted  = "unlisted"   // a file is there that the manifest does not name
	TooMuch   = "too-much"   // more than is read; what goes beyond was left out
	OtherKind = "other-kind" // its manifest is of another version or program
)

// Trouble is something that is wrong with a bundle.
type Trouble struct {
	// Code is one of those above; File is the file it is about, or empty.
	Code, File string
}

// Opened is a bundle as far as it could be read. Nobody has signed it, so nothing in
// it is verified, whether or not there are troubles.
type Opened struct {
	Manifest Manifest
	Files    map[string][]byte
	Troubles []Trouble
}

// Open reads a bundle. What is damaged is opened as far as it can be. It returns
// [ErrBundle] where nothing can be read.
func Open(data []byte) (Opened, error) {
	o := Opened{Files: map[string][]byte{}}
	if len(data) > MaxSize {
		data, o.Troubles = data[:MaxSize], append(o.Troubles, Trouble{TooMuch, ""})
	}
	if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				o.trouble(CutOff, clean(f.Name))
				continue
			}
			text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
			_ = r.Close()
			o.take(f.Name, text, err)
		}
	} else {
		o.trouble(CutOff, "")
		o.salvage(data)
	}
	if len(o.Files) == 0 {
		return Opened{}, ErrBundle
	}
	o.check()
	return o, nil
}

func (o *Opened) trouble(code, file string) { o.Troubles = append(o.Troubles, Trouble{code, file}) }

// take takes a file in, within the bounds; err is what was in the way of reading all of it.
func (o *Opened) take(name string, text []byte, err error) {
	name = clean(name)
	total := 0
	for _, t := range o.Files {
		total += len(t)
	}
	switch {
	case name == "" || strings.HasSuffix(name, "/"):
		return
	case len(o.Files) >= maxFiles || total+len(text) > maxTotal:
		o.trouble(TooMuch, name)
		return
	case len(text) > maxFile:
		o.trouble(TooMuch, name)
		text = text[:maxFile]
	case err != nil:
		o.trouble(CutOff, name)
	}
	if _, twice := o.Files[name]; !twice {
		o.Files[name] = text
	}
}

// clean makes a stranger's name of a file harmless: a path below, of printable ASCII.
func clean(name string) string {
	if len(name) > 200 || strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") {
		return ""
	}
	for _, c := range name {
		if c < ' ' || c > '~' || c == '\\' || c == ':' {
			return ""
		}
	}
	return name
}

// localHeader begins each file of a zip; its length without name and extra field is localLength.
const (
	localHeader = "PK\x03\x04"
	localLength = 30
)

// salvage reads the files of a zip whose directory at the end is gone, one header
// after the other. A packed stream says itself where it ends.
func (o *Opened) salvage(data []byte) {
	for len(o.Files) < maxFiles {
		i := bytes.Index(data, []byte(localHeader))
		if i < 0 || len(data) < i+localLength {
			return
		}
		head := data[i:]
		begin := localLength + int(binary.LittleEndian.Uint16(head[26:])) + int(binary.LittleEndian.Uint16(head[28:]))
		if binary.LittleEndian.Uint16(head[8:]) != zip.Deflate || begin > len(head) {
			data = head[len(localHeader):]
			continue
		}
		packed := bytes.NewReader(head[begin:])
		text, err := io.ReadAll(io.LimitReader(flate.NewReader(packed), maxFile+1))
		o.take(string(head[localLength:localLength+int(binary.LittleEndian.Uint16(head[26:]))]), text, err)
		data = head[len(head)-packed.Len():]
		if len(data) == len(head) {
			data = head[len(localHeader):]
		}
	}
}

// check holds the files against the manifest.
func (o *Opened) check() {
	text, there := o.Files[ManifestName]
	delete(o.Files, ManifestName)
	if !there || json.Unmarshal(text, &o.Manifest) != nil {
		o.Manifest = Manifest{}
		o.trouble(NoList, "")
		return
	}
	if o.Manifest.Schema != Schema {
		o.trouble(OtherKind, "")
	}
	listed := map[string]bool{}
	for _, f := range o.Manifest.Files {
		name := clean(f.Name)
		listed[name] = true
		got, there := o.Files[name]
		switch {
		case !there:
			o.trouble(Missing, name)
		case envelope.Digest(got) != f.SHA256:
			o.trouble(Altered, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		if !listed[name] {
			o.trouble(Unlisted, name)
		}
	}
}
