package report_test

import (
	"math"
	"testing"

	"github.com/go-json-experiment/json"

	"linecheck/report"
)

func TestNumberHasOneSpelling(t *testing.T) {
	for text, ok := range map[string]bool{
		"0": true, "1": true, "-1": true, "94.31": true, "0.000001": true, "123456789012345": true, "8200000000": true,
		"1e3": false, "1.0": false, "-0": false, "00": false, "1.50": false, "0.0000001": false, "1234567890123456": false,
		"1.0000000000000000001": false, "1E400": false, `"1"`: false, "true": false, "+1": false, ".5": false,
	} {
		var n report.Number
		err := json.Unmarshal([]byte(text), &n)
		if (err == nil) != ok {
			t.Errorf("%s: error %v, want accepted %v", text, err, ok)
			continue
		}
		if !ok {
			continue
		}
		back, err := json.Marshal(n)
		if err != nil || string(back) != text {
			t.Errorf("%s came back as %s (%v)", text, back, err)
		}
	}
}

func TestNumRefusesWhatIsNoMeasurement(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e15, -1e15, math.MaxFloat64} {
		if n, ok := report.Num(v); ok {
			t.Errorf("Num(%v) = %v, want refused", v, n)
		}
	}
}

// Every finite number in range survives rounding, writing and reading unchanged.
func FuzzNumber(f *testing.F) {
	for _, v := range []float64{0, 1, 9.999999999, 99999999.9999999, 0.1, 1.0 / 3, 999999999999999, 1e-7, 5e-7, -12.3456789} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		n, ok := report.Num(v)
		if !ok {
			return
		}
		text, err := json.Marshal(n)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		var back report.Number
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%v was written as %s, which is refused: %v", v, text, err)
		}
		if back != n {
			t.Fatalf("%v was written as %s and read as %v", n, text, back)
		}
		if again, ok := report.Num(float64(n)); !ok || again != n {
			t.Fatalf("rounding %v twice gives %v", n, again)
		}
	})
}
