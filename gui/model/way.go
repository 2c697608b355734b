package model

func (m *Model) opening(msg Msg) Command {
	if m.next != (Wish{}) {
		switch msg.(type) {
		case OpenFailed, Opened:
			m.wish, m.next, m.onward = m.next, Wish{}, false
			return m.open()
		}
	}
	switch msg := msg.(type) {
	case OpenFailed:
		m.screen, m.failure, m.onward = Refused, msg, false
	case Opened:
		m.offer, m.rows, m.opened = msg.Offer, rowsOf(msg.Offer.Plan), m.prefs
		m.name, m.send = msg.Offer.Place.Name, msg.Offer.Place.Send
		return m.resume(msg.Offer)
	}
	return Command{}
}

// resume goes where the person was when the session was left.
func (m *Model) resume(o Offer) Command {
	if o.Sealed { // nothing is left to do but to send it, once more if need be
		m.screen = Sending
		return Command{Do: Deliver, Send: m.mayUpload() && m.send}
	}
	if m.onward {
		m.onward = false
		return m.start(Result)
	}
	m.screen = Welcome
	switch o.Place.Screen {
	case GetReady:
		m.screen = GetReady
	case Paused, Checking, Stopping, Result, Review, Sending:
		m.screen = Paused
		if allKept(o.Plan) {
			if o.Place.Screen == Review || o.Place.Screen == Sending {
				return m.start(Review)
			}
			return m.start(Result)
		}
	}
	return Command{}
}

// start runs what is planned and not kept; target is where that leads.
func (m *Model) start(target Screen) Command {
	m.screen, m.asked, m.target, m.notice = Checking, nil, target, ""
	return Command{Do: Run}
}

func (m *Model) open() Command {
	m.screen, m.notice = Opening, ""
	return Command{Do: Open}
}

func (m *Model) before(msg Msg) Command {
	switch msg := msg.(type) {
	case Retry:
		if m.screen == Refused || m.screen == Welcome {
			return m.open()
		}
	case Use:
		if m.screen == Refused || m.screen == Welcome {
			m.wish = msg.Wish
			return m.open()
		}
	case Act:
		return m.act(msg.Action)
	case Start:
		if m.screen == Welcome {
			m.screen = GetReady
		}
	case Back:
		switch m.screen {
		case GetReady:
			m.screen = Welcome
		case Paused:
			m.screen = GetReady
		}
	case Go:
		if m.screen != GetReady && m.screen != Paused {
			return Command{}
		}
		if m.prefs.Input != m.opened.Input || m.prefs.Output != m.opened.Output {
			m.onward = true
			return m.open()
		}
		return m.start(Result)
	}
	return Command{}
}

// linked opens an invite that was clicked on while the window was open, unless
// that would cut something off.
func (m *Model) linked(msg Linked) Command {
	switch m.screen {
	case Opening:
		m.next = msg.Wish // as soon as this one is open
		return Command{}
	case Checking, Stopping, Sending:
		m.notice = m.say("gui.linked.later")
		return Command{}
	}
	m.wish, m.settings = msg.Wish, false
	return m.open()
}

func (m *Model) running(msg Msg) Command {
	switch msg := msg.(type) {
	case Event:
		m.event(msg)
	case Asked, Answered, Withdrawn:
		return m.asking(msg)
	case HaltAsked:
		m.haltAsked(msg.Check)
	case Stop:
		if m.screen == Checking {
			m.screen, m.question = Stopping, question{}
			return Command{Do: Cancel}
		}
	case RunEnded:
		m.question, m.again = question{}, nil
		if m.screen == Stopping || msg.Outcome.Stopped {
			return m.open()
		}
		m.outcome = msg.Outcome
		m.screen = Result
		if m.target == Review && m.deliverable() {
			m.screen = Review
		}
	case OpenFailed:
		m.screen, m.failure, m.question = Refused, msg, question{}
	}
	return Command{}
}

func (m *Model) after(msg Msg) Command {
	switch msg := msg.(type) {
	case Again:
		if m.screen == Result {
			return m.runAgain(msg.Check)
		}
	case Act:
		if m.screen == Result {
			return m.act(msg.Action)
		}
	case ShowAll:
		m.detailed = msg.All
	case Retry:
		if m.screen == Result && m.offer.Unconfirmed != "" {
			return m.open()
		}
	case ShowReview:
		if m.screen == Result && m.deliverable() {
			m.screen, m.notice = Review, ""
		}
	case Back:
		if m.screen == Review {
			m.screen = Result
			return Command{}
		}
		m.screen = GetReady
	case NameTyped:
		m.name = msg.Name
	case Agree:
		if m.screen == Review && m.mayAgree() {
			m.screen, m.send = Sending, msg.Send && m.mayUpload()
			return Command{Do: Deliver, Send: m.send}
		}
	}
	return Command{}
}

// runAgain measures one check once more, or all of them where none is named.
func (m *Model) runAgain(check string) Command {
	m.again = []string{check}
	if check == "" {
		m.again = nil
		for _, r := range m.rows {
			m.again = append(m.again, r.id)
		}
	}
	m.forget(m.again)
	return m.start(Result)
}

// OrderedAgain are the checks that [Run] measures although they were measured.
func (m *Model) OrderedAgain() []string { return m.again }

func (m *Model) sending(msg Msg) Command {
	switch msg := msg.(type) {
	case OpenFailed:
		if m.screen == Sending {
			m.screen, m.failure = Refused, msg
		}
	case Delivered:
		if m.screen != Sending {
			return Command{}
		}
		m.delivery, m.screen = msg.Delivery, Sent
		if m.mayUpload() && !msg.Delivery.Sent || msg.Delivery.Problem != "" {
			m.screen = Unsent
		}
	case Agree:
		if m.screen == Unsent {
			m.screen, m.send = Sending, m.mayUpload() && msg.Send
			return Command{Do: Deliver, Send: m.send}
		}
	case Act:
		if m.screen != Sending {
			return m.act(msg.Action)
		}
	}
	return Command{}
}
