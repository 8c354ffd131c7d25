using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The complete state of a training, with which it can be resumed bit for bit, as if it had not been interrupted.</summary>
/// <remarks>
/// On disk it is a model file with the newest weights, so that any reader of models can evaluate it; optimizer, extensions, best model, position and history are
/// attached (docs/training.md lists the names). Random numbers are a function of seed and step, so the position is all of their state.
/// It is written atomically, and a SHA-256 over all of it finds damage.
/// </remarks>
public sealed record TrainingCheckpoint
{
    /// <summary>The network with the newest weights and statistics.</summary>
    public required Model Model { get; init; }

    /// <summary>The next batch.</summary>
    public required DataPosition Position { get; init; }

    /// <summary>What was finished before.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }

    /// <summary>The settings that the result depends on; resuming requires the same.</summary>
    public required ValueList<LineageSetting> Settings { get; init; }

    /// <summary>The optimizer's memory.</summary>
    public required StateDict Optimizer { get; init; }

    /// <summary>What extensions remember, by their names: <c>average</c> has the averaged weights.</summary>
    public required IReadOnlyDictionary<string, StateDict> Extensions { get; init; }

    /// <summary>The best model and its merits.</summary>
    public required BestModel Best { get; init; }

    /// <summary>The epoch under way.</summary>
    public required EpochTotals Totals { get; init; }

    /// <summary>Writes a file, atomically: what was there before stays whole if anything goes wrong.</summary>
    /// <exception cref="EspalierException">The disk is full, or the folder is missing or may not be written to.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes a checkpoint to a stream.</summary>
    public void Write(Stream stream) => ModelFile.Write(stream, Model, CheckpointCodec.Attach(this));

    /// <summary>Reads a file.</summary>
    /// <exception cref="MalformedInputException">The file is no checkpoint of a training, damaged, of a newer version, or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static TrainingCheckpoint Read(string path, Limits? limits = null)
    {
        (Model model, ModelAttachments attachments) = ModelFile.ReadAttached(path, limits);
        return CheckpointCodec.Detach(model, attachments, Path.GetFileName(path));
    }

    /// <summary>Reads a checkpoint from a file's bytes.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name that error messages use.</param>
    /// <param name="limits">How much it may ask for.</param>
    /// <exception cref="MalformedInputException">As for a file.</exception>
    public static TrainingCheckpoint Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null)
    {
        (Model model, ModelAttachments attachments) = ModelFile.ReadAttached(bytes, name, limits);
        return CheckpointCodec.Detach(model, attachments, name);
    }
}
