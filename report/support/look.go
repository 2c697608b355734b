package support

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

// How much what was looked at can be believed. Nothing here is verified: that needs
// the organisation's trust file, and is package verify's.
const (
	SealWhole  = "whole"  // a report as its key sealed it, whoever has that key
	SealBroken = "broken" // a report that was altered after it was sealed
	SealNone   = "none"   // anybody could have written it
)

// ErrNothing: there is no evidence in the bytes.
var ErrNothing = errors.New("neither a Linecheck report, nor a support bundle, nor the lines of a run")

// Looked is the evidence of a file, without verification.
type Looked struct {
	Evidence []report.Evidence
	// Digest is the report's identity; empty where it is none.
	Digest string
	// Seal is how much the report's own seal says.
	Seal string
	// Troubles are those of a bundle.
	Troubles []Trouble
}

// Look reads the evidence out of a report in any coat, a support bundle, or what "run
// --json" printed. What does not hold together is left out.
func Look(data []byte) (Looked, error) {
	if bytes.HasPrefix(data, []byte(localHeader)) {
		o, err := Open(data)
		if err != nil {
			return Looked{}, err
		}
		return o.Look(), nil
	}
	if b, err := bundle.Parse(data); err == nil {
		return lookReport(b.Report)
	}
	if l := lookLines(data); len(l.Evidence) > 0 {
		return l, nil
	}
	return Looked{}, ErrNothing
}

// OpenOwn opens a report under the key that it names itself: whole or not, it does not
// say whose key that is.
func OpenOwn(sealed envelope.Envelope) (envelope.Opened[report.Report], error) {
	key, err := envelope.ParsePublic(sealed.KeyID())
	if err != nil {
		return envelope.Opened[report.Report]{}, err
	}
	return envelope.Open[report.Report](sealed, key, report.ReportType)
}

// lookReport reads a report, whole or not.
func lookReport(sealed envelope.Envelope) (Looked, error) {
	l := Looked{Seal: SealBroken}
	l.Digest, _ = sealed.Digest() // a report whose form is wrong has none
	if o, err := OpenOwn(sealed); err == nil {
		l.Seal, l.Evidence = SealWhole, sound(o.Value().Evidence)
		return l, nil
	}
	payload, err := base64.StdEncoding.DecodeString(sealed.Payload)
	if err != nil {
		return Looked{}, ErrNothing
	}
	var st struct {
		Predicate struct {
			Evidence []report.Evidence `json:"evidence"`
		} `json:"predicate"`
	}
	if json.Unmarshal(payload, &st) != nil {
		return Looked{}, ErrNothing
	}
	l.Evidence = sound(st.Predicate.Evidence)
	return l, nil
}

// lookLines reads the evidence of finished checks out of lines of JSON, the last of each check.
func lookLines(data []byte) Looked {
	l := Looked{Seal: SealNone}
	for line := range bytes.Lines(data) {
		var e struct {
			Type     string `json:"type"`
			Evidence any    `json:"evidence"`
		}
		var one struct {
			Evidence report.Evidence `json:"evidence"`
		}
		var many struct {
			Evidence []report.Evidence `json:"evidence"`
		}
		switch err := json.Unmarshal(line, &e); {
		case err != nil:
		case json.Unmarshal(line, &many) == nil && len(many.Evidence) > 0:
			l.Evidence = sound(many.Evidence)
		case json.Unmarshal(line, &one) == nil:
			l.Evidence = latest(append(l.Evidence, sound([]report.Evidence{one.Evidence})...))
		}
	}
	return l
}

// Look is the evidence in a bundle: that of its report where it has one, else that of its checks.
func (o Opened) Look() Looked {
	l := Looked{Seal: SealNone, Troubles: o.Troubles}
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		switch {
		case name == ReportName:
			if b, err := bundle.Parse(o.Files[name]); err == nil {
				if r, err := lookReport(b.Report); err == nil {
					r.Troubles = o.Troubles
					return r
				}
			}
		case strings.HasPrefix(name, EvidenceFolder):
			var e report.Evidence
			if json.Unmarshal(o.Files[name], &e) == nil {
				l.Evidence = latest(append(l.Evidence, sound([]report.Evidence{e})...))
			}
		}
	}
	return l
}

// ReportName is the report's file in a bundle, EvidenceFolder where the evidence of checks is.
const (
	ReportName     = "report.json"
	EvidenceFolder = "evidence/"
)

// sound leaves out what does not hold together.
func sound(list []report.Evidence) []report.Evidence {
	return slices.DeleteFunc(slices.Clone(list), func(e report.Evidence) bool { return e.WellFormed() != nil })
}

// latest keeps the last of each check.
func latest(list []report.Evidence) (out []report.Evidence) {
	for i, e := range list {
		later := slices.ContainsFunc(list[i+1:], func(o report.Evidence) bool { return o.Check == e.Check && !o.Started.Before(e.Started) })
		if !later {
			out = append(out, e)
		}
	}
	return out
}
