package verify_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

// tenKilobytes is a story whose report's payload has about 10 kB, as real ones have.
func tenKilobytes(b *testing.B, x *tenant) *story {
	s := newStory(b, x)
	for i := range 12 {
		e := report.Evidence{Check: fmt.Sprintf("check.%d", i), Revision: 1, Started: noon(), Outcome: report.Measured, Facts: map[string]string{"kind": "headphones"}}
		for j := range 7 {
			e.Metrics = append(e.Metrics, report.Metric{Key: fmt.Sprintf("check.%d.metric.%d.ms", i, j), Value: report.Number(float64(i*j) + 0.5), Unit: "ms", Origin: report.Client, Samples: 100})
		}
		s.report.Evidence = append(s.report.Evidence, e)
	}
	return s
}

// BenchmarkVerify times the verification of a bundle beside its floor in the
// same run: three Ed25519 verifications of 10 kB and one strict decoding of 10 kB.
// The ratio of the rates should be 0.75 at least.
func BenchmarkVerify(b *testing.B) {
	x := newTenant(b)
	bundle := tenKilobytes(b, x).tell(b)
	data, err := bundle.JSON()
	if err != nil {
		b.Fatal(err)
	}
	trust := x.open(b)
	payload, err := base64.StdEncoding.DecodeString(bundle.Report.Payload)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(payload)), "payload-bytes")
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	sig := ed25519.Sign(private, payload)
	type statement struct {
		Type          string        `json:"_type"`
		Subject       []any         `json:"subject"`
		PredicateType string        `json:"predicateType"`
		Predicate     report.Report `json:"predicate"`
	}
	var floor, whole time.Duration
	for b.Loop() {
		begin := time.Now()
		for range 3 {
			if !ed25519.Verify(public, payload, sig) {
				b.Fatal("floor")
			}
		}
		var st statement
		if err := strict.Decode(payload, 1<<20, &st); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if r := verify.Bundle(data, trust, verify.Options{At: noon().Add(time.Hour)}); !r.Authentic {
			b.Fatal(r.Steps)
		}
		floor += middle.Sub(begin)
		whole += time.Since(middle)
	}
	b.ReportMetric(float64(floor)/float64(whole), "of-floor")
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N), "us/bundle")
	b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "us/floor")
}
