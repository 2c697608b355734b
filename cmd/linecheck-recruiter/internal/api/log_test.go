package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/tlog"
	"linecheck/report/verify"
)

// upload sends a fresh applicant's report and returns it with its opened receipt.
func (r *rig) upload(t *testing.T) (sent []byte, sealed envelope.Envelope, receipt report.Receipt) {
	t.Helper()
	inv, e := r.invite(t, nil)
	sent = r.applicant(t, inv, e).bundle(t, 4)
	sealed, err := r.client.Submit(context.Background(), sent)
	if err != nil {
		t.Fatal(err)
	}
	return sent, sealed, r.receipt(t, sealed)
}

func (r *rig) receipt(t *testing.T, sealed envelope.Envelope) report.Receipt {
	t.Helper()
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	rec, err := verify.Receipt(trust, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// checkpoint is the server's newest, verified.
func (r *rig) checkpoint(t *testing.T) report.Checkpoint {
	t.Helper()
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.client.Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Checkpoint(trust, e)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The log grows under a reader who keeps no more than the last checkpoint.
func TestTheLogOverHTTP(t *testing.T) {
	r := newRig(t)
	if _, err := r.client.Checkpoint(context.Background()); code(err) != "log.short" {
		t.Errorf("the empty log: %v", err)
	}
	var known []report.Checkpoint
	for n := range int64(9) {
		sent, sealed, rec := r.upload(t)
		now := r.checkpoint(t)
		if rec.Log.Index != n || now.Size != n+1 || now.Root != rec.Log.Root || now.Log != rec.Log.ID {
			t.Fatalf("entry %d: receipt %+v, checkpoint %+v", n, rec.Log, now)
		}
		for _, old := range known {
			g, err := r.client.Growth(context.Background(), old.Size, now.Size)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckGrowth(old, now, g.Proof); err != nil || g.From != old.Size || g.To != now.Size {
				t.Errorf("from %d to %d: %v", old.Size, now.Size, err)
			}
		}
		known = append(known, now)
		r.verifies(t, sent, sealed)
	}
}

// verifies: the report with its receipt is authentic, and says its place.
func (r *rig) verifies(t *testing.T, sent []byte, sealed envelope.Envelope) {
	t.Helper()
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Parse(sent)
	if err != nil {
		t.Fatal(err)
	}
	b.Receipt = &sealed
	res := verify.Opened(b, trust, verify.Options{At: time.Now()})
	i := slices.IndexFunc(res.Steps, func(s verify.Step) bool { return s.Name == "log" })
	if !res.Authentic || i < 0 || res.Steps[i].Status != verify.Passed || !strings.HasPrefix(res.Steps[i].Detail, "entry ") {
		t.Errorf("%+v", res.Steps)
	}
}

func TestBadQuestionsAboutTheLog(t *testing.T) {
	r := newRig(t)
	r.upload(t)
	r.upload(t)
	for query, status := range map[string]int{
		"?from=1&to=2": http.StatusOK, "?from=2&to=2": http.StatusOK,
		"?from=2&to=1": http.StatusNotFound, "?from=1&to=3": http.StatusNotFound,
		"": http.StatusBadRequest, "?from=1": http.StatusBadRequest, "?from=0&to=1": http.StatusBadRequest, "?from=-1&to=1": http.StatusBadRequest,
		"?from=01&to=2": http.StatusBadRequest, "?from=1&to=2&x=": http.StatusBadRequest, "?from=1&from=1&to=2": http.StatusBadRequest,
		"?from=1;to=2": http.StatusBadRequest, "?from=1&to=99999999999999999999": http.StatusBadRequest, "?from=%31&to=1e3": http.StatusBadRequest,
	} {
		resp, err := r.server.Client().Get(r.server.URL + exchange.GrowthPath + query)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%q: %d, want %d", query, resp.StatusCode, status)
		}
	}
}

// Sixteen upload at once, each several times: each report has one place, and all places hold.
func TestSixteenUploadAtOnce(t *testing.T) {
	r := newRig(t)
	var sent [16][]byte
	for i := range sent {
		inv, sealed := r.invite(t, nil)
		sent[i] = r.applicant(t, inv, sealed).bundle(t, 4)
	}
	var got [16][3]envelope.Envelope
	var wait sync.WaitGroup
	for i := range sent {
		wait.Go(func() {
			for k := range got[i] {
				e, err := r.client.Submit(context.Background(), sent[i])
				if err != nil {
					t.Error(err)
				}
				got[i][k] = e
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	now := r.checkpoint(t)
	var places []int64
	for i, list := range got {
		rec := r.receipt(t, list[0])
		places = append(places, rec.Log.Index)
		if list[1].Payload != list[0].Payload || list[2].Payload != list[0].Payload {
			t.Errorf("report %d got several receipts", i)
		}
		g, err := r.client.Growth(context.Background(), rec.Log.Size, now.Size)
		if err != nil {
			t.Fatal(err)
		}
		old := report.Checkpoint{Tenant: now.Tenant, Log: rec.Log.ID, Size: rec.Log.Size, Root: rec.Log.Root}
		if err := tlog.CheckGrowth(old, now, g.Proof); err != nil {
			t.Error(err)
		}
		r.verifies(t, sent[i], list[0])
	}
	slices.Sort(places)
	for i, p := range places {
		if p != int64(i) {
			t.Errorf("places %v", places)
			break
		}
	}
}

// An erased report is gone for the server, and its owner's copy still verifies.
func TestAnErasedReport(t *testing.T) {
	r := newRig(t)
	r.upload(t)
	sent, sealed, rec := r.upload(t)
	if err := r.store.Erase(context.Background(), rec.ReportSHA256, time.Now()); err != nil {
		t.Fatal(err)
	}
	_, _, after := r.upload(t)
	if after.Log.Index != 2 {
		t.Errorf("entry %d after an erased one", after.Log.Index)
	}
	r.verifies(t, sent, sealed)
	if _, err := r.client.Submit(context.Background(), sent); code(err) != "report.erased" {
		t.Errorf("the erased report is sent again: %v", err)
	}
}

// A receipt of another report, or whose place is not proved, is none.
func TestReceiptsThatAreNot(t *testing.T) {
	r := newRig(t)
	_, _, one := r.upload(t)
	_, _, two := r.upload(t)
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	for name, bend := range map[string]func(*report.Receipt){
		"no place":          func(x *report.Receipt) { x.Log = report.LogEntry{} },
		"another's place":   func(x *report.Receipt) { x.Log = one.Log },
		"another's root":    func(x *report.Receipt) { x.Log.Root = one.Log.Root },
		"another's salt":    func(x *report.Receipt) { x.Log.Salt = one.Log.Salt },
		"before the others": func(x *report.Receipt) { x.Log.Index = 0 },
		"another report":    func(x *report.Receipt) { x.ReportSHA256 = one.ReportSHA256 },
	} {
		bent := two
		bent.Log.Proof = slices.Clone(two.Log.Proof)
		bend(&bent)
		e, err := envelope.Seal(r.keys.Key(report.RoleReceipt), report.ReceiptType, []envelope.Subject{envelope.On("report", two.ReportSHA256)}, bent)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verify.Receipt(trust, e); err == nil {
			t.Errorf("%s: taken for a receipt", name)
		}
	}
}
