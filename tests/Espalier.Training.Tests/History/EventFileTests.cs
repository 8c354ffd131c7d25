using System.Buffers.Binary;
using System.Text;

namespace Espalier.Training.Tests.History;

public sealed class EventFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espalier-events-");

    [Fact]
    public void The_checksum_is_crc32c_as_tfrecord_masks_it()
    {
        // RFC 3720, B.4: 32 bytes of zeros have the CRC-32C 8A9136AA; masked as tensorflow/core/lib/hash/crc32c.h says.
        uint crc = 0x8A9136AA;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8), EventFile.MaskedChecksum(new byte[32]));
    }

    [Fact]
    public void Records_are_whole_and_hold_what_was_added()
    {
        using (var file = new EventFile(_folder.FullName, 30))
        {
            file.Add(31, ("train/loss", 1.5), ("train/accuracy", 0.25));
        }

        byte[][] records = [.. Records(File.ReadAllBytes(Assert.Single(_folder.GetFiles("events.out.tfevents.*")).FullName))];
        Assert.Equal(3, records.Length);
        Assert.Contains("brain.Event:2", Encoding.ASCII.GetString(records[0]), StringComparison.Ordinal);
        Assert.Equal([0x10, 31, 0x3A, 2, 0x08, 1], records[1][9..]); // session log { start }: TensorBoard forgets steps from 31 on, and keeps those up to 30
        byte[] summary =
        [
            0x10, 31, 0x2A, 42, // step 31, summary of 42 bytes
            0x0A, 17, 0x0A, 10, .. "train/loss"u8, 0x15, .. BitConverter.GetBytes(1.5f),
            0x0A, 21, 0x0A, 14, .. "train/accuracy"u8, 0x15, .. BitConverter.GetBytes(0.25f),
        ];
        Assert.Equal(summary, records[2][9..]);
        Assert.All(records, record => Assert.Equal(0x09, record[0])); // wall time, a double
        double time = BinaryPrimitives.ReadDoubleLittleEndian(records[2].AsSpan(1));
        Assert.InRange(time, (DateTimeOffset.UtcNow - TimeSpan.FromHours(1)).ToUnixTimeSeconds(), (DateTimeOffset.UtcNow + TimeSpan.FromHours(1)).ToUnixTimeSeconds());
    }

    [Fact]
    public void Large_steps_take_several_bytes_and_runs_make_files_of_their_own()
    {
        using (var first = new EventFile(_folder.FullName, 300))
        using (var second = new EventFile(_folder.FullName, 1L << 40))
        {
            second.Add(1, ("x", double.NaN));
        }

        Assert.Equal(2, _folder.GetFiles("events.out.tfevents.*").Length);
        Assert.Contains(_folder.GetFiles(), file => Records(File.ReadAllBytes(file.FullName)).Any(record => record.AsSpan(9).StartsWith((byte[])[0x10, 0xAD, 0x02])));
    }

    [Fact]
    public void A_file_follows_the_one_before_where_the_clock_has_gone_back()
    {
        var clock = new SetClock { Seconds = 2_000_000_000.5 };
        new EventFile(_folder.FullName, 0, clock).Dispose();
        clock.Seconds = 1_000_000_000;
        using (var second = new EventFile(_folder.FullName, 10, clock))
        {
            second.Add(11, ("x", 1));
            clock.Seconds = 2_000_000_100;
            second.Add(12, ("x", 1));
            clock.Seconds = 1_500_000_000;
            second.Add(13, ("x", 1));
        }

        string[] names = [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["events.out.tfevents.2000000000", "events.out.tfevents.2000000001"], names.Select(name => name[..30]));
        double[] times = [.. Records(File.ReadAllBytes(Path.Combine(_folder.FullName, names[1]))).Select(record => BinaryPrimitives.ReadDoubleLittleEndian(record.AsSpan(1)))];
        Assert.Equal([2_000_000_001, 2_000_000_001, 2_000_000_001, 2_000_000_100, 2_000_000_100], times);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at)));
            Assert.Equal(EventFile.MaskedChecksum(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] data = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(EventFile.MaskedChecksum(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return data;
            at += 12 + length + 4;
        }
    }

    private sealed class SetClock : TimeProvider
    {
        internal double Seconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds);
    }
}
