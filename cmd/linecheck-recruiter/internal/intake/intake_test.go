package intake_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

// desk is a desk with an organisation behind it.
type desk struct {
	*sample.Org
	*intake.Desk
	store *store.Tenant
	now   time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Now()}
	d.Org = sample.New(t, d.now)
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if d.store, err = db.Tenant(t.Context(), d.Tenant); err != nil {
		t.Fatal(err)
	}
	d.Desk = intake.New(d.Keys, d.store, slog.New(slog.DiscardHandler))
	return d
}

func (d *desk) report(t *testing.T) ([]byte, report.Invite) {
	t.Helper()
	inv, sealed := d.Invite(t, "A-1", "r", "EU", d.now)
	return sample.JSON(t, d.Report(t, inv, sealed, sample.Good(), d.now)), inv
}

// A report made in time may come a while late, and no later; what came in time keeps its receipt for ever.
func TestLateReports(t *testing.T) {
	d := newDesk(t)
	first, inv := d.report(t)
	late, _ := d.report(t)
	receipt, digest, err := d.TakeIn(t.Context(), first, "program", inv.NotAfter.Add(59*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	again, same, err := d.TakeIn(t.Context(), first, "program", inv.NotAfter.Add(time.Hour*24*365))
	if err != nil || !bytes.Equal(receipt, again) || same != digest {
		t.Errorf("the same report a year later: %v", err)
	}
	_, _, err = d.TakeIn(t.Context(), late, "program", inv.NotAfter.Add(61*time.Minute))
	if no, ok := refusal.Of(err); !ok || no.Code != "report.refused" {
		t.Errorf("too late: %v", err)
	}
}

// A clock that jumps back gives receipts that are authentic all the same, and the log holds.
func TestAClockThatJumps(t *testing.T) {
	d := newDesk(t)
	for _, jump := range []time.Duration{time.Hour, -30 * time.Second, 48 * time.Hour, 0} {
		data, _ := d.report(t)
		receipt, _, err := d.TakeIn(t.Context(), data, "program", d.now.Add(jump))
		if err != nil {
			t.Fatalf("%v: %v", jump, err)
		}
		e, err := envelope.Parse(receipt)
		if err != nil {
			t.Fatal(err)
		}
		trust, err := d.Keys.Trust()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verify.Receipt(trust, e); err != nil {
			t.Errorf("%v: %v", jump, err)
		}
	}
	trust, _ := d.Keys.Trust()
	a, err := d.store.Audit(t.Context(), func(sealed []byte) (report.Receipt, error) {
		e, err := envelope.Parse(sealed)
		if err != nil {
			return report.Receipt{}, err
		}
		return verify.Receipt(trust, e)
	}, nil)
	if err != nil || len(a.Faults) != 0 || a.Size != 4 || len(a.Notes) == 0 {
		t.Errorf("%+v %v", a, err)
	}
}

// Whoever sends rubbish without end fills no database with it.
func TestRubbishIsNotedWithMeasure(t *testing.T) {
	d := newDesk(t)
	told := 0
	d.After = func(digest string, err error) {
		if no, ok := refusal.Of(err); ok && no.Code == "report.malformed" && digest == "" {
			told++
		}
	}
	for range 300 {
		if _, _, err := d.TakeIn(t.Context(), []byte("rubbish"), "program", d.now); err == nil {
			t.Fatal("taken in")
		}
	}
	acts, err := d.store.Trail(t.Context(), 0, 1000)
	if err != nil || len(acts) != 100 || told != 300 {
		t.Errorf("%d are noted, %d told of (%v)", len(acts), told, err)
	}
}

// Many at once, some the same: each gets one receipt.
func TestManyAtOnce(t *testing.T) {
	d := newDesk(t)
	var list [][]byte
	for range 10 {
		data, _ := d.report(t)
		list = append(list, data)
	}
	receipts := make([]string, 40)
	var wait sync.WaitGroup
	for i := range receipts {
		wait.Go(func() {
			receipt, _, err := d.TakeIn(t.Context(), list[i%10], "program", d.now)
			if err != nil {
				t.Error(err)
			}
			receipts[i] = string(receipt)
		})
	}
	wait.Wait()
	for i, r := range receipts {
		if r != receipts[i%10] {
			t.Errorf("report %d got two receipts", i%10)
		}
	}
	if n, err := d.store.Reports(t.Context()); n != 10 || err != nil {
		t.Errorf("%d reports (%v)", n, err)
	}
}

// Who hangs up before a refusal is noted is noted all the same.
func TestARefusalOutlivesItsRequest(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused := 0
	for range 50 { // where it is over before its turn, nothing is looked at
		if _, _, err := d.TakeIn(ctx, []byte("rubbish"), "program", d.now); err != nil {
			if _, ok := refusal.Of(err); ok {
				refused++
			}
		}
	}
	acts, err := d.store.Trail(t.Context(), 0, 100)
	if err != nil || refused == 0 || len(acts) != refused {
		t.Errorf("%d are noted of %d (%v)", len(acts), refused, err)
	}
}
