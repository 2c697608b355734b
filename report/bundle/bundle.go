// Package bundle carries a report with everything needed to verify it, in coats
// that are all equal: plain JSON, a text armour for mail, and the attachment of a
// PDF for forms that take no JSON. A coat proves nothing: the identity of a report is the digest of
// its payload. Verification does not happen here.
package bundle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"linecheck/report/envelope"
	"linecheck/report/strict"
)

// Schema is the only bundle schema read.
const Schema = "linecheck.bundle/1"

// MaxSize bounds a bundle's JSON, in bytes; MaxCoat bounds any coat around it.
const (
	MaxSize = 1 << 20
	MaxCoat = 5 << 20
)

const maxObservations = 32

// MaxVoice bounds the recording of a voice, in bytes: ten seconds at 16 kHz and 16 bits.
const MaxVoice = 320_000

const flacMagic = "fLaC"

// Bundle is a report, what it builds on and the proof that it arrived.
type Bundle struct {
	Schema string `json:"schema"`
	// Invite is absent for a self-check that nobody asked for.
	Invite       *envelope.Envelope  `json:"invite,omitzero"`
	Observations []envelope.Envelope `json:"observations"`
	Report       envelope.Envelope   `json:"report"`
	// Voice is a FLAC file of the applicant reading aloud, at most [MaxVoice] bytes: only where the invite
	// asks for one and the applicant agreed. Its digest is the report's subject "voice".
	Voice []byte `json:"voice,omitzero"`
	// Receipt is absent until the server took the report in.
	Receipt *envelope.Envelope `json:"receipt,omitzero"`
}

// ErrCoat: the bytes are no bundle in any coat.
var ErrCoat = errors.New("not a Linecheck report")

const (
	armourBegin = "-----BEGIN LINECHECK REPORT-----"
	armourEnd   = "-----END LINECHECK REPORT-----"
	armourWidth = 64
)

// Parse reads a bundle from any of its coats.
func Parse(data []byte) (Bundle, error) {
	if len(data) > MaxCoat {
		return Bundle{}, fmt.Errorf("%w: larger than %d MiB", ErrCoat, MaxCoat>>20)
	}
	data, err := undress(data)
	if err != nil {
		return Bundle{}, err
	}
	var b Bundle
	if err := strict.Decode(data, MaxSize, &b); err != nil {
		return Bundle{}, fmt.Errorf("%w: %v", ErrCoat, err)
	}
	if b.Schema != Schema {
		return Bundle{}, fmt.Errorf("%w: schema %.40q", ErrCoat, b.Schema)
	}
	if len(b.Observations) > maxObservations {
		return Bundle{}, fmt.Errorf("%w: %d observations", ErrCoat, len(b.Observations))
	}
	if len(b.Voice) > MaxVoice || b.Voice != nil && !bytes.HasPrefix(b.Voice, []byte(flacMagic)) {
		return Bundle{}, fmt.Errorf("%w: the recording of a voice is no FLAC file of at most %d bytes", ErrCoat, MaxVoice)
	}
	return b, nil
}

// undress is the plain JSON inside of any coat.
func undress(data []byte) ([]byte, error) {
	switch {
	case IsPDF(data):
		return unpdf(data)
	case bytes.HasPrefix(data, []byte(armourBegin)):
		return unarmour(string(data))
	default:
		return data, nil
	}
}

// IsPDF says whether the bytes begin like a PDF. Its pages say nothing: the bundle is its attachment.
func IsPDF(data []byte) bool { return bytes.HasPrefix(data, []byte(pdfMagic)) }

// JSON is the plain coat.
func (b Bundle) JSON() ([]byte, error) { return strict.Encode(b) }

// Armour is the text coat: base64 in lines of 64 between two marker lines.
func (b Bundle) Armour() ([]byte, error) {
	data, err := b.JSON()
	if err != nil {
		return nil, err
	}
	return []byte(armour(data)), nil
}

func armour(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var out strings.Builder
	out.WriteString(armourBegin + "\n")
	for len(text) > 0 {
		n := min(armourWidth, len(text))
		out.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	out.WriteString(armourEnd + "\n")
	return out.String()
}

// unarmour accepts just what armour writes, with either kind of line end, as mail changes them.
func unarmour(text string) ([]byte, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	body, ok := strings.CutPrefix(text, armourBegin+"\n")
	if !ok {
		return nil, fmt.Errorf("%w: damaged text form", ErrCoat)
	}
	body, ok = strings.CutSuffix(strings.TrimSuffix(body, "\n"), armourEnd)
	if !ok {
		return nil, fmt.Errorf("%w: the end of the text is missing", ErrCoat)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(strings.ReplaceAll(body, "\n", ""))
	if err != nil || strings.TrimSuffix(armour(data), "\n") != strings.TrimSuffix(text, "\n") {
		return nil, fmt.Errorf("%w: damaged text form", ErrCoat)
	}
	return data, nil
}
