package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"linecheck/checks/internal/stats"
)

func TestQuantile(t *testing.T) {
	tests := []struct {
		name   string
		sorted []float64
		p      float64
		want   float64
	}{
		{"nothing", nil, 0.5, math.NaN()},
		{"one value", []float64{7}, 0.99, 7},
		{"lowest", []float64{1, 2, 3, 4}, 0, 1},
		{"highest", []float64{1, 2, 3, 4}, 1, 4},
		{"between neighbours", []float64{1, 2, 3, 4}, 0.5, 2.5},
		{"a quarter", []float64{0, 10, 20, 30, 40}, 0.25, 10},
		{"p95 of 0 to 100", hundred(), 0.95, 95},
		{"below the range", []float64{1, 2}, -0.1, math.NaN()},
		{"above the range", []float64{1, 2}, 1.1, math.NaN()},
		{"p is not a number", []float64{1, 2}, math.NaN(), math.NaN()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := stats.Quantile(tt.sorted, tt.p); !same(got, tt.want) {
				t.Errorf("Quantile = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMedianKeepsItsInput(t *testing.T) {
	in := []float64{9, 1, 5}
	if got := stats.Median(in); got != 5 {
		t.Errorf("Median = %v, want 5", got)
	}
	if !slices.Equal(in, []float64{9, 1, 5}) {
		t.Errorf("the input became %v", in)
	}
	if got := stats.Median(nil); !math.IsNaN(got) {
		t.Errorf("Median of nothing = %v, want NaN", got)
	}
}

func TestMean(t *testing.T) {
	if got := stats.Mean([]float64{1, 2, 6}); got != 3 {
		t.Errorf("Mean = %v, want 3", got)
	}
	if got := stats.Mean(nil); !math.IsNaN(got) {
		t.Errorf("Mean of nothing = %v, want NaN", got)
	}
}

// The figures are the usual published ones for the score interval.
func TestWilson(t *testing.T) {
	tests := []struct {
		k, n   int
		lo, hi float64
	}{
		{0, 500, 0, 0.0076},
		{5, 500, 0.0043, 0.0232},
		{15, 1500, 0.0061, 0.0164},
		{50, 100, 0.4038, 0.5962},
		{10, 10, 0.7225, 1},
	}
	for _, tt := range tests {
		lo, hi := stats.Wilson(tt.k, tt.n)
		if math.Abs(lo-tt.lo) > 6e-5 || math.Abs(hi-tt.hi) > 6e-5 {
			t.Errorf("Wilson(%d, %d) = %.5f, %.5f, want %.4f, %.4f", tt.k, tt.n, lo, hi, tt.lo, tt.hi)
		}
	}
	for _, bad := range [][2]int{{0, 0}, {-1, 5}, {6, 5}} {
		if lo, hi := stats.Wilson(bad[0], bad[1]); !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("Wilson(%d, %d) = %v, %v, want NaN", bad[0], bad[1], lo, hi)
		}
	}
}

func hundred() []float64 {
	out := make([]float64, 101)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func same(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9
}

// Of a hundred intervals about ninety-five hold the truth, also where losses come in bursts.
func TestLossIntervalHoldsTheTruth(t *testing.T) {
	const loss, packets, rounds = 0.03, 750, 2000
	for _, burst := range []float64{1, 2, 4} {
		random := rand.New(rand.NewPCG(1, uint64(burst)))
		held := 0
		for range rounds {
			lost, bursts, bad := 0, 0, false
			for range packets {
				before := bad
				if bad {
					bad = random.Float64() >= 1/burst
				} else {
					bad = random.Float64() < loss/(1-loss)/burst
				}
				if burst == 1 {
					bad = random.Float64() < loss
				}
				if bad {
					lost++
					if !before {
						bursts++
					}
				}
			}
			if low, high := stats.LossInterval(lost, packets, bursts); low <= loss && loss <= high {
				held++
			}
		}
		share := float64(held) / rounds
		t.Logf("bursts of %v: %.3f", burst, share)
		if share < 0.91 || share > 0.985 {
			t.Errorf("bursts of %v: %.3f of the intervals hold the truth", burst, share)
		}
	}
}

func TestIntervalsOfMeanAndMedian(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const rounds = 2000
	mean, median := 0, 0
	for range rounds {
		batches, values := make([]float64, 20), make([]float64, 200)
		for i := range batches {
			batches[i] = random.ExpFloat64() + random.ExpFloat64()
		}
		for i := range values {
			values[i] = random.ExpFloat64()
		}
		slices.Sort(values)
		if low, high := stats.MeanInterval(stats.Mean(batches), batches); low <= 2 && 2 <= high {
			mean++
		}
		if low, high := stats.MedianInterval(values); low <= math.Ln2 && math.Ln2 <= high {
			median++
		}
	}
	for name, held := range map[string]int{"mean": mean, "median": median} {
		if share := float64(held) / rounds; share < 0.92 || share > 0.975 {
			t.Errorf("%.3f of the intervals of the %s hold the truth", share, name)
		}
	}
	if low, high := stats.MeanInterval(1, []float64{1, 2, 3}); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Error("three batches give an interval")
	}
	if low, _ := stats.MedianInterval(make([]float64, 9)); !math.IsNaN(low) {
		t.Error("nine values give an interval")
	}
}

// The interval's width is that of Student's t: 3.1824, 2.2622 and 2.0452 standard errors
// with 3, 9 and 29 degrees of freedom (any table of the distribution, 97.5 %).
func TestMeanIntervalByTheTable(t *testing.T) {
	for n, want := range map[int]float64{4: 3.182446, 10: 2.262157, 30: 2.045230} {
		var batches []float64
		for i := range n {
			batches = append(batches, 100+float64(2*(i%2)-1))
		}
		low, high := stats.MeanInterval(100, batches)
		got := (high - low) / 2 * math.Sqrt(float64(n-1)) // every value is 1 away from the mean
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%d values: %v standard errors, want %v", n, got, want)
		}
	}
}
