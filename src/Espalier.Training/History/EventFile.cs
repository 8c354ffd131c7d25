using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A TensorBoard event file with scalars. Records are only appended, so the file can be read during training and after a crash.</summary>
/// <remarks>
/// The format is TFRecord (length, checksum, data, checksum) with a protocol buffer <c>Event</c> in each record. A folder may contain several files. A
/// resumed training run starts another one, whose first record makes TensorBoard discard the steps of older files from the record's step on.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    // Fields of tensorflow/core/util/event.proto and framework/summary.proto.
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SessionLog = 7;
    private const int SummaryValue = 1;
    private const int ValueTag = 1;
    private const int SimpleValue = 2;
    private const int LogStatus = 1;
    private const int StatusStart = 1;

    private const uint CrcMask = 0xA282EAD8; // TFRecord masks its checksums, because a CRC of data that contains CRCs is weak

    private const string Prefix = "events.out.tfevents.";

    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private double _last; // the latest time that was written: the clock may go back

    /// <summary>Creates a file in a folder.</summary>
    /// <param name="folder">The folder that TensorBoard reads (<c>--logdir</c>, or a folder below it).</param>
    /// <param name="step">The number of steps done. TensorBoard keeps the records of older files up to this step and discards later ones.</param>
    /// <param name="time">The clock; <see langword="null"/> for the system's. TensorBoard reads the files in the order of the times in their names, so where the clock has gone back, the file follows the latest one all the same.</param>
    /// <exception cref="EspalierException">The file cannot be created.</exception>
    public EventFile(string folder, long step, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        string path = folder;
        try
        {
            Directory.CreateDirectory(folder);
            _last = LatestIn(folder) + 1;
            path = Path.Combine(folder, $"{Prefix}{((long)Now()).ToString("D10", CultureInfo.InvariantCulture)}.{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid().ToString("N")[..8]}");
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot write {path}: {error.Message}", error);
        }

        double now = Now();
        Append(new ProtocolBuffer().Double(WallTime, now).Text(FileVersion, "brain.Event:2"));
        Append(new ProtocolBuffer().Double(WallTime, now).Integer(Step, step + 1).Message(SessionLog, new ProtocolBuffer().Integer(LogStatus, StatusStart)));
    }

    /// <summary>Appends scalars under their tags, such as <c>train/loss</c>.</summary>
    /// <exception cref="EspalierException">The disk is full.</exception>
    public void Add(long step, params ReadOnlySpan<(string Tag, double Value)> scalars)
    {
        var summary = new ProtocolBuffer();
        foreach ((string tag, double value) in scalars)
        {
            summary.Message(SummaryValue, new ProtocolBuffer().Text(ValueTag, tag).Float(SimpleValue, (float)value));
        }

        Append(new ProtocolBuffer().Double(WallTime, Now()).Integer(Step, step).Message(Summary, summary));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The CRC-32C of the data, masked as in TFRecord.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + CrcMask;
    }

    private void Append(ProtocolBuffer message)
    {
        ReadOnlySpan<byte> data = message.Written;
        byte[] record = new byte[12 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedChecksum(data));
        try
        {
            _file.Write(record);
            _file.Flush();
        }
        catch (IOException error)
        {
            throw new EspalierException($"cannot write {_file.Name}: {error.Message}", error);
        }
    }

    /// <summary>The time in the name of the latest file, or −1.</summary>
    private static long LatestIn(string folder) => Directory.EnumerateFiles(folder, Prefix + "*")
        .Select(file => Path.GetFileName(file)[Prefix.Length..].Split('.')[0])
        .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long time) && text.Length == 10 ? time : -1)
        .DefaultIfEmpty(-1)
        .Max();

    private double Now() => _last = Math.Max(_last, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
}
