"""What waits for slow clients is bounded; what they get says what it follows."""

from arbitrax.exchange.feed.messages import Channel, OrderChanges, OrderSnapshot, Trades
from arbitrax.exchange.feed.subscription import LONGEST_QUEUE, Resume, Subscription


def drain(subscription):
    got = []
    while (message := subscription.take()) is not None:
        got.append(message)
    return got


def trades(seq, epoch=1):
    return Trades("AAA", epoch, seq, 0, [], seq - 1)


def orders(seq, epoch=1):
    return OrderChanges("AAA", epoch, seq, 0, seq - 1, [])


def snapshot(seq, epoch=1):
    return OrderSnapshot("AAA", epoch, seq, 0, [])


def new(channel):
    made = Subscription(None, (channel, "AAA"), None)
    made.begin(())
    return made


def test_a_slow_reader_of_the_tape_is_told_what_was_left_out():
    tape = new(Channel.TRADES)
    for seq in range(1, 11):
        tape.put(trades(seq))
    assert [(each.prev_seq, each.seq) for each in drain(tape)] == [(seq - 1, seq) for seq in range(1, 11)]
    for seq in range(11, 11 + 3 * LONGEST_QUEUE):
        tape.put(trades(seq))
    got = drain(tape)
    assert len(got) == LONGEST_QUEUE
    assert got[0].prev_seq == 10
    assert got[0].seq == 11 + 2 * LONGEST_QUEUE
    assert got[-1].seq == 10 + 3 * LONGEST_QUEUE


def test_a_message_comes_once_though_it_is_found_twice():
    tape = Subscription(None, (Channel.TRADES, "AAA"), None)
    tape.put(trades(8))
    tape.put(trades(9))
    tape.begin([trades(6), trades(7), trades(8)], Resume(1, 5))
    tape.put(trades(9))
    assert [(each.prev_seq, each.seq) for each in drain(tape)] == [(5, 6), (6, 7), (7, 8), (8, 9)]


def test_orders_begin_with_a_snapshot_and_again_after_a_gap_or_an_epoch():
    book = new(Channel.ORDERS)
    for message in (orders(4), snapshot(4), orders(5), snapshot(5), orders(6), orders(8), orders(9), snapshot(9)):
        book.put(message)
    for message in (orders(10), orders(1, 2), snapshot(1, 2), orders(2, 2)):
        book.put(message)
    got = [(each.epoch, each.seq, isinstance(each, OrderSnapshot)) for each in drain(book)]
    assert got == [
        (1, 4, True), (1, 5, False), (1, 6, False), (1, 9, True), (1, 10, False), (2, 1, True), (2, 2, False),
    ]  # fmt: skip


def test_a_slow_reader_of_orders_gets_the_next_snapshot():
    book = new(Channel.ORDERS)
    book.put(snapshot(0))
    for seq in range(1, LONGEST_QUEUE + 2):
        book.put(orders(seq))
    assert drain(book) == []
    book.put(snapshot(LONGEST_QUEUE + 1))
    book.put(orders(LONGEST_QUEUE + 2))
    assert [each.seq for each in drain(book)] == [LONGEST_QUEUE + 1, LONGEST_QUEUE + 2]
