using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads and writes whole models: network, numbers, labels, preprocessing, stages and lineage in one file.</summary>
/// <remarks>
/// A model file is a safetensors file. The tensors are under their state_dict names, so that Python reads the weights without knowing of Espalier;
/// everything else is JSON under the key <c>espalier</c> of the header's <c>__metadata__</c>. A pruning mask is a tensor too, named as
/// <c>torch.nn.utils.prune</c> names it: <c>conv1.weight_mask</c>. Compact files (<see cref="ModelFileOptions.Compact"/>) keep <c>conv1.weight</c> as
/// <c>conv1.weight/bitmask</c> and <c>conv1.weight/values</c>, which are unpacked when somebody looks at the numbers.
/// </remarks>
public static class ModelFile
{
    private const string Key = "espalier";
    private const int SizeRounds = 4; // each settles the digits that the one before has changed
    private const string DigestKey = "sha256";

    // By convention of the Python package, the framework whose tensors these are.
    private static readonly KeyValuePair<string, string> Framework = new("format", "pt");

    /// <summary>Whether a file is a model file: a safetensors file with a model's description. A checkpoint of weights alone is none.</summary>
    /// <exception cref="MalformedInputException">The file is neither a model file nor any form of checkpoint.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static bool Is(string path, Limits? limits = null) =>
        CheckpointReader.Recognise(path, limits) == CheckpointFormat.Safetensors && Description(SafetensorsReader.ReadMetadata(path, limits)) is not null;

    /// <summary>Reads a model. Its numbers lie in the mapped file: see <see cref="SafetensorsReader"/>.</summary>
    /// <exception cref="MalformedInputException">The file is no model file, damaged, of a newer version, or asks for more than the limits grant; or its numbers do not fit its network.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static Model Read(string path, Limits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Assemble(SafetensorsReader.Read(path, limits), Path.GetFileName(path), limits ?? Limits.Default);
    }

    /// <summary>Reads a model from a file's bytes.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="limits">How much it may ask for.</param>
    /// <exception cref="MalformedInputException">As for a file.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null) =>
        Assemble(SafetensorsReader.Read(bytes, name, limits), name, limits ?? Limits.Default);

    /// <summary>Writes a file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, Model model, ModelFileOptions options = default) => AtomicFile.Write(path, stream => Write(stream, model, options));

    /// <summary>Reads a model and what was attached to it, and makes sure that not one bit has changed since it was written.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="limits">How much it may ask for.</param>
    /// <exception cref="MalformedInputException">As for a model alone; or the file has no attachments, or its content is not what was written.</exception>
    public static (Model Model, ModelAttachments Attachments) ReadAttached(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null) =>
        Attached(SafetensorsReader.Read(bytes, name, limits), name, limits ?? Limits.Default);

    /// <summary>Reads a file of any size as <see cref="ReadAttached(ReadOnlyMemory{byte}, string, Limits?)"/> does. Its numbers are read into memory, tensor by tensor, so the file may be replaced while they are in use.</summary>
    /// <exception cref="MalformedInputException">As for a file's bytes.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static (Model Model, ModelAttachments Attachments) ReadAttached(string path, Limits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Attached(SafetensorsReader.ReadDetached(path, limits), Path.GetFileName(path), limits ?? Limits.Default);
    }

    private static (Model Model, ModelAttachments Attachments) Attached(SafetensorsFile file, string name, in Limits limits)
    {
        Model model = Assemble(file, name, limits);
        string? digest = Text(file.Metadata, DigestKey);
        if (digest is null)
        {
            throw new MalformedInputException(name, null, "a model file with nothing attached to the model");
        }

        if (digest != ContentDigest.Of(file.Metadata.Where(text => text.Key != DigestKey), file.Tensors))
        {
            throw new MalformedInputException(name, null, "damaged: its content is not what was written, by its SHA-256");
        }

        var tensors = new StateDict(file.Tensors.Where(tensor => ModelAttachments.IsName(tensor.Key)));
        return (model, new ModelAttachments(tensors, [.. file.Metadata.Where(text => ModelAttachments.IsName(text.Key))]));
    }

    /// <summary>Writes a model file to a stream.</summary>
    public static void Write(Stream stream, Model model, ModelFileOptions options = default)
    {
        var content = ModelFileContent.Of(model, options);
        SafetensorsWriter.Write(stream, content.Tensors, [Framework, new(Key, content.Description)]);
    }

    /// <summary>How many bytes a model's file takes, without writing it.</summary>
    public static long SizeOf(Model model, ModelFileOptions options = default)
    {
        var content = ModelFileContent.Of(model, options);
        return SafetensorsWriter.SizeOf(content.Tensors, [Framework, new(Key, content.Description)]);
    }

    /// <summary>The model with the size of its file among the figures of its lineage's last step (<see cref="ModelFigures.Bytes"/>): of the file with that very number in it.</summary>
    /// <exception cref="ArgumentException">The last step has no figures.</exception>
    public static Model WithSize(Model model, ModelFileOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        for (int i = 0; i < SizeRounds; i++)
        {
            ModelFigures figures = model.LastFigures() ?? throw new ArgumentException("The last step of the model's lineage has no figures.", nameof(model));
            long bytes = SizeOf(model, options);
            if (figures.Bytes == bytes)
            {
                break;
            }

            model = model.WithFigures(figures with { Bytes = bytes });
        }

        return model;
    }

    /// <summary>Writes a model file with attachments to a stream.</summary>
    /// <exception cref="ArgumentException">An attachment's name has no slash.</exception>
    public static void Write(Stream stream, Model model, ModelAttachments attachments)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        attachments.RequireNames();
        var content = ModelFileContent.Of(model, default);
        var tensors = new StateDict([.. content.Tensors, .. attachments.Tensors]);
        KeyValuePair<string, string>[] texts = [Framework, new(Key, content.Description), .. attachments.Texts];
        SafetensorsWriter.Write(stream, tensors, [.. texts, new(DigestKey, ContentDigest.Of(texts, tensors))]);
    }

    /// <summary>The model in a safetensors file, or <see langword="null"/> if that holds weights alone.</summary>
    internal static Model? Find(SafetensorsFile file, string source, in Limits limits) =>
        Description(file.Metadata) is string text ? ModelFileContent.Assemble(ModelDocument.Read(text, source, limits), file.Tensors, source, limits) : null;

    private static string? Description(IReadOnlyList<KeyValuePair<string, string>> metadata) => Text(metadata, Key);

    private static string? Text(IReadOnlyList<KeyValuePair<string, string>> metadata, string wanted)
    {
        foreach ((string key, string value) in metadata)
        {
            if (key == wanted)
            {
                return value;
            }
        }

        return null;
    }

    private static Model Assemble(SafetensorsFile file, string source, in Limits limits) => Find(file, source, limits)
        ?? throw new MalformedInputException(source, null, "a safetensors file of weights alone, not a model file: its metadata has no 'espalier'");
}
