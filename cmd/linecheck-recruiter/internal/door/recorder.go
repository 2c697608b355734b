package door

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// recorder passes an answer on and remembers its status and size.
type recorder struct {
	http.ResponseWriter
	status int   // 0 until the answer begins
	bytes  int64 // of its body
}

// WriteHeader begins the answer.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) { // those before are not the answer yet
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write passes a part of the body on.
func (r *recorder) Write(b []byte) (int, error) {
	r.started()
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// ReadFrom passes the body on by the way that is quickest below.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	r.started()
	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += n
	return n, err
}

// Flush sends what is written.
func (r *recorder) Flush() {
	r.started()
	_ = http.NewResponseController(r.ResponseWriter).Flush() // the interface has no way to say that it cannot be done
}

// Hijack hands the connection over; what goes through it then is not counted.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil && r.status == 0 {
		r.status = http.StatusSwitchingProtocols
	}
	return c, rw, err
}

// Unwrap is for [http.ResponseController].
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) started() {
	if r.status == 0 {
		r.status = http.StatusOK
	}
}
