package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Number is a measured value. On the wire it is a plain decimal without an
// exponent, with at most six decimals and fifteen significant digits, so that
// every JSON parser reads the same double from it and every verifier judges alike.
type Number float64

const (
	numberDecimals = 6
	numberDigits   = 15
)

// Num rounds v to what a Number can say. ok is false for what is not a number
// (NaN, infinities) or has more than nine digits before the point.
func Num(v float64) (n Number, ok bool) {
	if math.IsNaN(v) || math.Abs(v) >= 1e15 {
		return 0, false
	}
	text := strconv.FormatFloat(v, 'f', decimalsFor(v), 64)
	r, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false
	}
	if r == 0 {
		r = 0 // drops the sign of -0
	}
	return Number(r), true
}

// decimalsFor is how many decimals keep v within the significant digits.
func decimalsFor(v float64) int {
	whole := 1
	if a := math.Abs(v); a >= 10 {
		whole = int(math.Floor(math.Log10(a))) + 1
	}
	return max(0, min(numberDecimals, numberDigits-whole))
}

// String is the number as it stands on the wire.
func (n Number) String() string {
	s := strconv.FormatFloat(float64(n), 'f', decimalsFor(float64(n)), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// MarshalJSONTo writes the one spelling a number has.
func (n Number) MarshalJSONTo(e *jsontext.Encoder) error {
	if _, ok := Num(float64(n)); !ok {
		return fmt.Errorf("%v is not a measurable number", float64(n))
	}
	return e.WriteValue(jsontext.Value(n.String()))
}

// UnmarshalJSONFrom refuses every other spelling: exponents, superfluous
// zeros, a sign on zero, more digits than a double keeps.
func (n *Number) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return fmt.Errorf("%s is not a number", v)
	}
	r, ok := Num(f)
	if !ok {
		return fmt.Errorf("%s has too many digits", v)
	}
	if r.String() != string(v) {
		return fmt.Errorf("%s is not spelled as a plain decimal; write %s", v, r)
	}
	*n = Number(f)
	return nil
}
