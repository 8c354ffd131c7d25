using System.Diagnostics;
using System.Text;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Imaging;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier.Fuzz;

/// <summary>A parser of untrusted bytes, as the fuzzer and the tests of its corpus run it.</summary>
/// <param name="Name">Its name on the command line and the folder of its corpus.</param>
/// <param name="Parse">Parses bytes; may throw <see cref="EspalierException"/>.</param>
/// <param name="MostSeconds">Time that one input may take.</param>
public sealed record Parser(string Name, Action<byte[]> Parse, double MostSeconds = 1)
{
    /// <summary>Bytes that one input may allocate: four times what <see cref="s_limits"/> allow.</summary>
    public const long MostBytes = 512 << 20;

    private static readonly Limits s_limits = Limits.Default with { FileBytes = 64 << 20, TensorBytes = 64 << 20, ImagePixels = 1 << 20 };
    private static readonly ImageDecodingOptions s_decoding = new() { Limits = s_limits };

    /// <summary>All parsers of bytes from elsewhere.</summary>
    public static IReadOnlyList<Parser> All { get; } =
    [
        new("checkpoint", bytes => CheckpointReader.Read(bytes, "input", new CheckpointOptions { Limits = s_limits })),
        new("pickle", bytes =>
        {
            using ByteSource source = ByteSource.Over(bytes, "input", s_limits);
            PickleText.Render(Unpickler.Read(new ByteCursor(source), s_limits));
        }),
        new("zip", bytes =>
        {
            using ByteSource source = ByteSource.Over(bytes, "input", s_limits);
            ZipDirectory directory = ZipDirectory.Read(source, s_limits);
            foreach (ZipEntry entry in directory.Entries)
            {
                directory.Open(entry);
            }
        }),
        new("tar", bytes =>
        {
            using ByteSource source = ByteSource.Over(bytes, "input", s_limits);
            TarDirectory.Read(source, s_limits);
        }),
        new("safetensors", bytes => SafetensorsReader.Read(bytes, "input", s_limits)),
        new("model", bytes => ModelFile.Read(bytes, "input", s_limits)),
        new("onnx", bytes => OnnxReader.Read(bytes, "input", new OnnxReadOptions { Limits = s_limits, InputSize = new Size(8, 8) })),
        new("graph", bytes => OnFile(bytes, path => ShapeList.Read(path, s_limits))),
        new("jpeg", bytes => ImageDecoder.Decode((byte[])[0xFF, 0xD8, .. bytes], "input", s_decoding)),
        new("png", bytes => ImageDecoder.Decode((byte[])[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. bytes], "input", s_decoding)),
        new("cifar", bytes => OnFile(bytes, path => ReadFirst(CifarDataset.Open([path])))),
        new("idx", bytes => OnTwoFiles(bytes, (images, classes) => ReadFirst(IdxDataset.Open(images, classes, limits: s_limits)))),
        new("rename", Rename, MostSeconds: 5), // five expressions at the second that each may take
        new("amounts", bytes => OnFile(bytes, path => AmountsFile.Read(path))),
    ];

    /// <summary>What is wrong with how an input was handled, or <see langword="null"/>: an exception other than the one for bad input, too much time, or too much memory.</summary>
    public string? Fault(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            Parse(bytes);
        }
        catch (EspalierException)
        {
        }
        catch (Exception error)
        {
            return error.ToString();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return watch.Elapsed.TotalSeconds > MostSeconds ? $"took {watch.Elapsed.TotalSeconds:0.0} s"
            : allocated > MostBytes ? $"allocated {allocated:N0} bytes"
            : null;
    }

    private static void ReadFirst(IDataset data)
    {
        if (data.Count > 0)
        {
            data.Read(0, new PixelBuffer());
        }
    }

    /// <summary>The first line is a rule, those after it are names.</summary>
    private static void Rename(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        RenameRule rule = RenameRule.Parse(lines[0]);
        foreach (string name in lines.Skip(1).Take(5))
        {
            rule.Apply(name);
        }
    }

    private static void OnFile(byte[] bytes, Action<string> action)
    {
        string path = Path.Combine(Path.GetTempPath(), $"espalier-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.bin");
        File.WriteAllBytes(path, bytes);
        try
        {
            action(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Two files of one input, whose first two bytes are the length of the second.</summary>
    private static void OnTwoFiles(byte[] bytes, Action<string, string> action)
    {
        int second = bytes.Length < 2 ? 0 : Math.Min(bytes.Length - 2, bytes[0] | (bytes[1] << 8));
        byte[] rest = bytes.Length < 2 ? [] : bytes[2..];
        OnFile(rest[..second], classes =>
        {
            string moved = classes + ".classes";
            File.Move(classes, moved, overwrite: true);
            try
            {
                OnFile(rest[second..], images => action(images, moved));
            }
            finally
            {
                File.Delete(moved);
            }
        });
    }
}
