"""Archives and folders: what is in them is read as if it lay beside them, and no trick of theirs does harm."""

import gzip
import struct
import zipfile
import zlib

import numpy as np
import pytest

from arbitrax.domain.errors import DataError, UnknownNameError
from arbitrax.domain.intervals import MINUTE
from arbitrax.market_data import documents as module
from arbitrax.market_data.documents import documents, readable_files
from arbitrax.market_data.files import looks_like_file, read_file

HEADER = "Date,Open,High,Low,Close,Volume\n"
CSV = HEADER + "2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,20\n"


def packed(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        read_file(path, **options)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_a_gzip_archive_reads_as_its_file(tmp_path):
    (tmp_path / "AAPL.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    (tmp_path / "BRK-B.gz").write_bytes(gzip.compress(CSV.encode()))
    (series,) = read_file(tmp_path / "AAPL.csv.gz")
    assert series.bars.symbol == "AAPL"
    assert list(series.bars.close) == [2, 3]
    assert read_file(tmp_path / "BRK-B.gz")[0].bars.symbol == "BRK-B"


def test_the_files_of_a_zip_are_read_by_name_and_what_is_none_is_passed_over(tmp_path):
    members = {
        "b/msft.us.txt": CSV,
        "a\\aapl.us.txt": CSV,
        **dict.fromkeys(("readme.pdf", "__MACOSX/._b.csv", ".hidden.csv", "c/"), ""),
    }
    path = packed(tmp_path / "data.zip", members)
    assert [each.bars.symbol for each in read_file(path)] == ["AAPL.US", "MSFT.US"]
    assert [each.name for each in documents(path)] == ["data.zip/a/aapl.us.txt", "data.zip/b/msft.us.txt"]
    assert [each.bars.symbol for each in read_file(path, symbol="msft.us")] == ["msft.us"]
    with pytest.raises(UnknownNameError, match=r"data\.zip holds no file of 'IBM'; name one that it holds"):
        read_file(path, symbol="IBM")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data.zip"]


def test_one_file_in_a_zip_takes_the_symbol_that_is_given(tmp_path):
    path = packed(tmp_path / "x.zip", {"prices.csv": CSV})
    assert read_file(path, symbol="AAPL")[0].bars.symbol == "AAPL"
    assert read_file(path)[0].bars.symbol == "PRICES"


def test_what_is_wrong_in_an_archive_names_the_file_in_it(tmp_path):
    path = packed(tmp_path / "x.zip", {"a.csv": CSV, "b.csv": CSV.replace("3,2,3", "3,2,-3")})
    assert refusal(path).startswith("x.zip/b.csv, line 3, column 'High': the price -3 is not above zero")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.csv",
        "/etc/x.csv",
        "a/../../x.csv",
        "..\\x.csv",
        "C:\\x.csv",
        "C:/x.csv",
        "\\\\host\\x.csv",
        "a\rb.csv",
    ],
)
def test_names_that_lead_out_of_an_archive_are_refused_and_nothing_is_written(tmp_path, name):
    path = packed(tmp_path / "trick.zip", {"good.csv": CSV, name: CSV})
    assert "leads out of the archive; do not trust it" in refusal(path)
    assert [each.name for each in tmp_path.iterdir()] == ["trick.zip"]


def test_links_encrypted_files_doubles_and_strange_packing_are_refused(tmp_path):
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "'a.csv' in it is a link to another file" in refusal(tmp_path / "link.zip")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", CSV)
    assert "'a.csv' is in it twice" in refusal(tmp_path / "twice.zip")
    packed(tmp_path / "bz.zip", {"a.csv": CSV}, zipfile.ZIP_BZIP2)
    assert "packed by a method we do not read" in refusal(tmp_path / "bz.zip")
    data = bytearray(packed(tmp_path / "locked.zip", {"a.csv": CSV}).read_bytes())
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + flags] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert "'a.csv' in it is encrypted" in refusal(tmp_path / "locked.zip")


def test_archives_without_a_file_we_read_are_refused(tmp_path):
    for members in ({}, {"readme.md": "x"}, {"inner.zip": b"PK"}, {"folder/": ""}):
        assert "no file in it has an ending we read" in refusal(packed(tmp_path / "x.zip", members))
    (tmp_path / "x.parquet.gz").write_bytes(gzip.compress(b"PAR1"))
    assert ".parquet files are not read from a gzip archive; unpack it first" in refusal(tmp_path / "x.parquet.gz")


def outcome(path):
    try:
        return [each.bars.content_hash() for each in read_file(path)]
    except DataError as error:
        return error


def test_archives_cut_short_or_damaged_anywhere_are_refused_or_read_whole(tmp_path):
    whole = packed(
        tmp_path / "a.zip", {"a.csv": HEADER + "".join(f"2024-01-{d:02},1,2,1,2,{d}\n" for d in range(1, 29))}
    )
    data = whole.read_bytes()
    expected = read_file(whole)[0].bars.content_hash()
    cut = tmp_path / "cut.zip"
    for length in range(0, len(data), 7):
        cut.write_bytes(data[:length])
        assert "no whole zip archive; download it again" in refusal(cut)
    generator = np.random.default_rng(4)
    refused = 0
    for at in generator.integers(0, len(data), 300):
        spoilt = bytearray(data)
        spoilt[at] ^= 1 << int(generator.integers(8))
        cut.write_bytes(spoilt)
        found = outcome(cut)
        if isinstance(found, DataError):
            refused += 1
            assert str(found).startswith("cut.zip")
        else:
            assert found == [expected]
    assert refused > 100
    packed_text = gzip.compress(CSV.encode() * 3)
    for length in range(0, len(packed_text), 5):
        (tmp_path / "cut.csv.gz").write_bytes(packed_text[:length])
        text = refusal(tmp_path / "cut.csv.gz")
        assert "ends too early" in text or "no sound gzip archive" in text or "the file is empty" in text
    (tmp_path / "cut.csv.gz").write_bytes(b"Date,Open")
    assert "no sound gzip archive" in refusal(tmp_path / "cut.csv.gz")


def bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"0" * 2**20
    return b"".join([*(packer.compress(zeros) for _ in range(size // 2**20)), packer.flush()])


def test_bombs_are_refused_before_they_are_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SMALL", 2**20)
    text = refusal(packed(tmp_path / "bomb.zip", {"a.csv": b"0" * 2**22}))
    assert "'a.csv' in it unpacks from" in text
    assert "to 4,194,304 bytes; unpack it yourself if you trust it" in text
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * 2**22))
    assert "unpacks to more than 1,048,576 bytes" in refusal(tmp_path / "bomb.csv.gz")
    monkeypatch.setattr(module, "LARGEST", 2**21)
    generator = np.random.default_rng(1)
    noise = generator.integers(0, 256, 2**22, dtype=np.uint8).tobytes()
    assert "to 4,194,304 bytes" in refusal(packed(tmp_path / "big.zip", {"a.csv": noise}))
    with_pieces = packed(tmp_path / "pieces.zip", {f"{k}.csv": b"0" * 2**20 for k in range(4)})
    assert "bytes unpack to 4,194,304" in refusal(with_pieces)


def test_a_file_that_is_larger_than_its_archive_says_is_refused(tmp_path):
    content = bomb(2**24)
    checksum = zlib.crc32(b"0" * 1000)
    name = b"a.csv"
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, checksum, len(content), 1000, len(name), 0) + name
    )
    sizes = (checksum, len(content), 1000, len(name))
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, *sizes, 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(content), 0)
    (tmp_path / "lie.zip").write_bytes(local + content + central + end)
    assert [len(each.read()) for each in documents(tmp_path / "lie.zip")] == [1000]  # and not a byte more is unpacked
    assert "line 1 is no header" in refusal(tmp_path / "lie.zip")


def test_a_folder_gives_its_readable_files_by_name(tmp_path):
    for name in (
        "b/2.csv",
        "b/1.CSV.GZ",
        "a.parquet",
        "c/d/x.zip",
        ".git/x.csv",
        "__MACOSX/y.csv",
        ".z.csv",
        "n.md",
        "LICENSE",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    files, others = readable_files(tmp_path)
    assert [str(each.relative_to(tmp_path).as_posix()) for each in files] == [
        "a.parquet",
        "b/1.CSV.GZ",
        "b/2.csv",
        "c/d/x.zip",
    ]
    assert others == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"the folder has no file with an ending we read, \.csv"):
        readable_files(tmp_path / "empty")
    with pytest.raises(DataError, match="is a folder; name one file in it"):
        read_file(tmp_path)


def test_a_link_to_the_folder_itself_is_not_followed(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert readable_files(tmp_path) == ([tmp_path / "a.csv"], 0)


@pytest.mark.parametrize(
    "text", ["x.csv.gz", "x.gz", "d_us_txt.zip", "BTCUSDT-1m-2024-01.ZIP", "a.arrow", "b.feather", "c.ipc"]
)
def test_endings_of_archives_and_arrow_look_like_files(text):
    assert looks_like_file(text)


STOOQ = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"


def test_the_bulk_files_of_stooq_say_their_symbols_and_intervals(tmp_path):
    daily = (
        STOOQ
        + "AAPL.US,D,20100104,000000,7.62,7.66,7.58,7.64,493729600,0\nAAPL.US,D,20100111,000000,7.6,7.7,7.5,7.6,4,0\n"
    )
    hourly = (
        STOOQ + "AAPL.US,60,20240102,160000,187,188,186,187,100,0\nAAPL.US,60,20240102,190000,187,188,186,187,100,0\n"
    )
    five = STOOQ + "AAPL.US,5,20240102,153000,187,188,186,187,100,0\nAAPL.US,5,20240102,160000,187,188,186,187,100,0\n"
    path = packed(
        tmp_path / "us.zip",
        {
            "data/daily/us/nasdaq stocks/1/aapl.us.txt": daily,
            "data/hourly/us/nasdaq stocks/1/aapl.us.txt": hourly,
            "data/5 min/us/nasdaq stocks/1/aapl.us.txt": five,
        },
    )
    found = read_file(path, timezone="Europe/Warsaw")
    assert [(each.bars.symbol, each.bars.interval, len(each.bars)) for each in found] == [
        ("AAPL.US", "5m", 2), ("AAPL.US", "1d", 2), ("AAPL.US", "1h", 2),
    ]  # fmt: skip
    assert str(found[2].bars.timestamp[0].astype("datetime64[ns]"))[:16] == "2024-01-02T15:00"
    assert any("Stooq divides prices by all later splits" in each for each in found[1].notices)
    assert len(read_file(path, symbol="AAPL.US")) == 3
    (tmp_path / "odd.txt").write_text(daily.replace(",D,", ",Q,"))
    assert read_file(tmp_path / "odd.txt")[0].bars.interval in ("1w", "1d")


def klines(start, step, unit):
    lines = []
    for k in range(3):
        opened = (start + k * step) // unit
        closed = opened + step // unit - 1
        lines.append(f"{opened},42283.58,42298.62,42261.02,42298.61,35.92724,{closed},1519032.36,1327,23.1,98394.1,0\n")
    return "".join(lines)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n",
    ],
)
@pytest.mark.parametrize(("unit", "month"), [(10**6, "2024-01"), (10**3, "2025-01"), (10**3, "2025-01-31")])
def test_klines_of_binance_take_symbol_and_interval_from_the_name(tmp_path, unit, month, header):
    start = int(np.datetime64(f"{month[:7]}-01", "ns").astype(np.int64))
    name = f"BTCUSDT-3m-{month}"
    path = packed(tmp_path / f"{name}.zip", {f"{name}.csv": header + klines(start, 3 * MINUTE, unit)})
    (series,) = read_file(path)
    assert (series.bars.symbol, series.bars.interval) == ("BTCUSDT", "3m")
    assert list(series.bars.timestamp) == [start, start + 3 * MINUTE, start + 6 * MINUTE]
    assert list(series.bars.volume) == [35.92724] * 3
    assert series.notices == ()
    assert read_file(path, symbol="XBT")[0].bars.symbol == "XBT"


@pytest.mark.parametrize("interval", ["1d", "1w", "1mo"])
def test_one_kline_alone_has_the_interval_of_its_name(tmp_path, interval):
    start = int(np.datetime64("2024-01-01", "ns").astype(np.int64))
    (tmp_path / f"ETHUSDT-{interval}-2024-01.csv").write_text(klines(start, 1, 10**6).splitlines()[0] + "\n")
    (series,) = read_file(tmp_path / f"ETHUSDT-{interval}-2024-01.csv")
    assert (series.bars.symbol, series.bars.interval) == ("ETHUSDT", interval)
    assert list(series.bars.timestamp) == [start]


def test_a_name_that_contradicts_its_times_is_refused(tmp_path):
    path = tmp_path / "BTCUSDT-1d-2024-01.csv"
    path.write_text("".join(klines(1704067200 * 10**9 + k * 3 * MINUTE, MINUTE, 10**6) for k in range(3)))
    assert "the bars are not 1d apart but look like 1m" in refusal(path)


def test_nothing_is_kept_open(tmp_path):
    path = packed(tmp_path / "x.zip", {"a.csv": CSV, "b.csv": CSV})
    iterator = documents(path)
    next(iterator)
    iterator.close()
    path.unlink()
    assert not path.exists()
