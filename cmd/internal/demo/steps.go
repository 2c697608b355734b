package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"linecheck/cmd/internal/cli"
)

func (d *demo) keygen(ctx context.Context) error {
	return show(d.command(ctx, d.recruiter, "keygen", "--out", d.path("recruiter", "keys"), "--name", "Example Support Ltd"))
}

// serve starts the server and waits until it listens.
func (d *demo) serve(ctx context.Context) error {
	log, err := os.Create(d.path("recruiter", "server.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(d.recruiter, "serve", "--keys", d.path("recruiter", "keys"), "--data", d.path("recruiter", "data"), "--listen", "127.0.0.1:0")
	cmd.Stderr = log
	server, out, err := startReading(cmd)
	if err != nil {
		return err
	}
	d.server = server
	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	if err != nil {
		return fmt.Errorf("the server did not start, see %s", log.Name())
	}
	fmt.Print(line)
	_, d.server.url, _ = strings.Cut(strings.TrimSpace(line), " as ")
	return ctx.Err()
}

func (d *demo) invite(ctx context.Context) error {
	cmd := d.command(ctx, d.recruiter, "invite", "--keys", d.path("recruiter", "keys"), "--applicant", "APPLICANT-17",
		"--role", "customer-service", "--region", "EU", "--probe", d.server.url, "--out", d.path("invite"))
	link, err := cmd.Output()
	if err != nil {
		return explain(err)
	}
	fmt.Printf("invite for APPLICANT-17 in %s; its link begins %.40s...\n", d.path("invite"), link)
	return show(d.command(ctx, d.recruiter, "trust", "export", "--keys", d.path("recruiter", "keys"), "--out", d.path("trust.json")))
}

// check runs the applicant's checks: what they say goes to run.jsonl and, in short, to the screen.
func (d *demo) check(ctx context.Context) error {
	events, err := os.Create(d.path("run.jsonl"))
	if err != nil {
		return err
	}
	defer events.Close()
	cmd := d.command(ctx, d.support, "run", "--invite", d.path("invite"), "--yes", "--json", "--out", d.dir)
	cmd.Env = append(os.Environ(), append(d.sound.env(), "LINECHECK_HOME="+d.path("applicant"))...)
	cmd.Stderr = os.Stdout
	p, out, err := startReading(cmd)
	if err != nil {
		return err
	}
	last := d.watch(io.TeeReader(out, events))
	err = p.wait()
	if ctx.Err() != nil {
		return errors.New("stopped; a new demo begins from the start")
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if last.Type != "report" || !last.Sent {
		return fmt.Errorf("the run did not end with a report that was sent: %v", err)
	}
	fmt.Printf("verdict: %s; sent, and the receipt is in\n", last.Verdict)
	return nil
}

// event is as much of a line as the screen needs.
type event struct {
	Type, Check, Stage, Verdict string
	Fraction                    float64
	Sent                        bool
	Evidence                    json.RawMessage
}

// watch shows events as they come and returns the last one. The virtual person
// is quiet while asked to be, and speaks when asked to.
func (d *demo) watch(r io.Reader) (last event) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		last = event{}
		if json.Unmarshal(lines.Bytes(), &last) != nil {
			continue
		}
		switch last.Type {
		case "progress":
			d.progress(last)
			if last.Check == "audio.microphone" && last.Stage == "sound" {
				d.sound.speak()
			}
		case "finished":
			var ev struct {
				Outcome string
				Reason  string
				Elapsed int64 `json:"elapsed_ms"`
			}
			_ = json.Unmarshal(last.Evidence, &ev)
			fmt.Printf("%s  %-18s %s in %.1f s %-20s\n", d.home(), last.Check, ev.Outcome, float64(ev.Elapsed)/1000, ev.Reason)
		}
	}
	return last
}

// progress shows where a check is: on a terminal all the time, elsewhere once for each of its stages.
func (d *demo) progress(e event) {
	line := fmt.Sprintf("  %-18s %3.0f %%  %-12s", e.Check, e.Fraction*100, e.Stage)
	switch {
	case cli.Width(os.Stdout) > 0:
		fmt.Print("\r" + line)
	case e.Check+e.Stage != d.shown:
		d.shown = e.Check + e.Stage
		fmt.Println(strings.TrimRight(line, " "))
	}
}

// home takes the cursor back to the beginning of the line, on a terminal.
func (d *demo) home() string {
	if cli.Width(os.Stdout) > 0 {
		return "\r"
	}
	return ""
}

func (d *demo) verify(ctx context.Context) error {
	// The server is away now: what follows needs the files alone.
	d.server.stop()
	cmd := d.command(ctx, d.recruiter, "verify", d.path("report.pdf"), "--trust", d.path("trust.json"))
	if err := show(cmd); err != nil && cmd.ProcessState.ExitCode() != 3 && cmd.ProcessState.ExitCode() != 5 {
		return err
	}
	return ctx.Err()
}

// tamper makes altered copies of the report, and expects exit status 6 for each.
func (d *demo) tamper(ctx context.Context) error {
	for _, name := range []string{"report.json", "report.pdf"} {
		alter := inReport
		if name == "report.pdf" {
			alter = onFirstPage
		}
		data, err := os.ReadFile(d.path(name))
		if err != nil {
			return err
		}
		alter(data)
		altered := d.path("altered-" + name)
		if err := os.WriteFile(altered, data, 0o644); err != nil {
			return err
		}
		cmd := d.command(ctx, d.recruiter, "verify", altered, "--trust", d.path("trust.json"))
		err = errors.Join(show(cmd), os.Remove(altered))
		if code := cmd.ProcessState.ExitCode(); code != 6 {
			return fmt.Errorf("exit status %d instead of 6 (%v)", code, err)
		}
	}
	return nil
}

// inReport changes one character in the middle of the report.
func inReport(data []byte) {
	i := bytes.Index(data, []byte(`"report":{`))
	i += bytes.Index(data[i:], []byte(`"payload":"`)) + 400
	was := data[i]
	data[i] = 'A'
	if was == 'A' {
		data[i] = 'B'
	}
}

// onFirstPage changes one byte of what a PDF's first page shows; the attached report stays as it is.
func onFirstPage(data []byte) {
	attached := bytes.Index(data, []byte("endstream")) // the attachment comes first
	page := attached + bytes.Index(data[attached:], []byte("\nstream"))
	data[page+200] ^= 1
}
