using System.Diagnostics;
using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Files cut off at every length and files with flipped bits: read, or refused by the one error, in bounded time.</summary>
public class DamageTests
{
    private const int FlippedFilesPerForm = 1500;
    private const int TarBlock = 512;

    // A damaged file of a few kilobytes must not take longer to refuse than this even on a machine that is busy with other things.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string> Forms =>
        ["types.zip.pth", "types.stream.pth", "views.tar.pth", "training.stream.pth", "protocol4.stream.pth", "training.zip.pth", "safetensors", "model"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_truncation_is_refused(string form)
    {
        byte[] whole = Whole(form);
        int end = form.Contains("tar", StringComparison.Ordinal) ? EndOfTar(whole) : whole.Length;
        for (int length = 0; length < end; length++)
        {
            ReadOnlyMemory<byte> cut = whole.AsMemory(0, length);
            Exception? error = Record.Exception(() => CheckpointReader.Read(cut, "cut"));
            Assert.True(error is MalformedInputException, $"{form} cut to {length} bytes gave {error?.ToString() ?? "no error"}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Flipped_bits_give_tensors_or_the_one_error(string form)
    {
        byte[] whole = Whole(form);
        for (ulong seed = 0; seed < FlippedFilesPerForm; seed++)
        {
            byte[] flipped = Flip(whole, seed);
            var watch = Stopwatch.StartNew();
            Exception? error = Record.Exception(() => form == "model" ? (object)ModelFile.Read(flipped, "flipped") : CheckpointReader.Read(flipped, "flipped"));
            Assert.True(error is null or MalformedInputException, $"{form} with seed {seed} gave {error}");
            Assert.True(watch.Elapsed < Patience, $"{form} with seed {seed} took {watch.Elapsed}");
        }
    }

    [Fact]
    public void A_truncated_file_on_the_disk_is_refused_like_one_in_memory()
    {
        using var folder = new TemporaryFolder();
        foreach (string form in new[] { "types.zip.pth", "types.stream.pth", "views.tar.pth", "safetensors" })
        {
            byte[] whole = Whole(form);
            File.WriteAllBytes(folder["cut"], whole[..(EndOfTar(whole) / 2)]);
            Assert.Contains("truncated", Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(folder["cut"])).Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Whole(string form)
    {
        using var stream = new MemoryStream();
        switch (form)
        {
            case "safetensors": SafetensorsWriter.Write(stream, StateDicts.OfEveryType(4), [new("format", "pt")]); break;
            case "model": ModelFile.Write(stream, SmallModel.Make(4)); break;
            default: return Fixture.Bytes(form);
        }

        return stream.ToArray();
    }

    /// <summary>Some bits anywhere, more of them near the beginning, where the structure is.</summary>
    private static byte[] Flip(byte[] whole, ulong seed)
    {
        CounterRandom random = new(seed);
        byte[] flipped = [.. whole];
        long flips = 1 + random.Below(0, 8);
        for (ulong i = 0; i < (ulong)flips; i++)
        {
            long reach = random.Below((4 * i) + 1, 2) == 0 ? whole.Length : Math.Min(whole.Length, 700);
            flipped[random.Below((4 * i) + 2, reach)] ^= (byte)(1 << (int)random.Below((4 * i) + 3, 8));
        }

        return flipped;
    }

    /// <summary>The first block of zeros behind the last member ends an archive; what follows is padding.</summary>
    private static int EndOfTar(byte[] whole)
    {
        int end = whole.Length;
        while (whole.AsSpan(end - TarBlock, TarBlock).IndexOfAnyExcept((byte)0) < 0)
        {
            end -= TarBlock;
        }

        return end + TarBlock;
    }
}
