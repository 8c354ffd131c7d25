using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Reads and writes model files: graph, parameters, labels, preprocessing, stages and lineage of a model in one file.</summary>
/// <remarks>
/// A model file is a safetensors file. The tensors have their state_dict names, so Python can read the weights without Espalier;
/// everything else is JSON under the key <c>espalier</c> of the header's <c>__metadata__</c>. Pruning masks are tensors too, named as
/// in <c>torch.nn.utils.prune</c>: <c>conv1.weight_mask</c>. Compact files (<see cref="ModelFileOptions.Compact"/>) store <c>conv1.weight</c> as
/// <c>conv1.weight/bitmask</c> and <c>conv1.weight/values</c>, which are expanded when the values are first read.
/// </remarks>
public static class ModelFile
{
    private const string Key = "espalier";
    private const int SizeRounds = 4; // the file's size is part of its text; each round settles digits that the previous one changed
    private const string DigestKey = "sha256";

    // By convention of the Python package: the framework that wrote the tensors.
    private static readonly KeyValuePair<string, string> Framework = new("format", "pt");

    /// <summary>Whether a file is a model file, that is, a safetensors file with a model's description. A checkpoint of weights only is not.</summary>
    /// <exception cref="MalformedInputException">The file is neither a model file nor a checkpoint of any supported format.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static bool Is(string path, Limits? limits = null) =>
        CheckpointReader.Recognise(path, limits) == CheckpointFormat.Safetensors && CheckpointReader.FindIndex(path, limits ?? Limits.Default) is null && Description(SafetensorsReader.ReadMetadata(path, limits)) is not null;

    /// <summary>Reads a model. Its parameters are read from the file when they are used, see <see cref="SafetensorsReader"/>.</summary>
    /// <exception cref="MalformedInputException">The file is not a model file, is damaged, is of a newer version or exceeds the limits; or its tensors do not fit its graph.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static Model Read(string path, Limits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Assemble(SafetensorsReader.Read(path, limits), Path.GetFileName(path), limits ?? Limits.Default);
    }

    /// <summary>Reads a model from the bytes of a model file.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name that error messages use for the bytes.</param>
    /// <param name="limits">Limits on what the file may require; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The bytes are not a model file, are damaged, are of a newer version or exceed the limits; or the tensors do not fit the graph.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null) =>
        Assemble(SafetensorsReader.Read(bytes, name, limits), name, limits ?? Limits.Default);

    /// <summary>Writes a model file, atomically.</summary>
    /// <exception cref="EspalierException">The file cannot be written; an existing file stays unchanged.</exception>
    public static void Write(string path, Model model, ModelFileOptions options = default) => AtomicFile.Write(path, stream => Write(stream, model, options));

    /// <summary>Reads a model and its attachments, and verifies the SHA-256 of the content.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="name">The name that error messages use for the bytes.</param>
    /// <param name="limits">Limits on what the file may require; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">As for a model without attachments; or the file has no attachments, or its SHA-256 does not match.</exception>
    public static (Model Model, ModelAttachments Attachments) ReadAttached(ReadOnlyMemory<byte> bytes, string name, Limits? limits = null) =>
        Attached(SafetensorsReader.Read(bytes, name, limits), name, limits ?? Limits.Default);

    /// <summary>Reads a file of any size as <see cref="ReadAttached(ReadOnlyMemory{byte}, string, Limits?)"/> does. The tensors are copied into memory one by one, so the file may be replaced while they are in use.</summary>
    /// <exception cref="MalformedInputException">The file is not a model file with attachments, is damaged, is of a newer version or exceeds the limits.</exception>
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
            throw new MalformedInputException(name, null, "a model file without attachments");
        }

        if (digest != ContentDigest.Of(file.Metadata.Where(text => text.Key != DigestKey), file.Tensors))
        {
            throw new MalformedInputException(name, null, "damaged: the SHA-256 of its content is wrong");
        }

        var tensors = new StateDict(file.Tensors.Where(tensor => ModelAttachments.IsName(tensor.Key)));
        return (model, new ModelAttachments(tensors, [.. file.Metadata.Where(text => ModelAttachments.IsName(text.Key))]));
    }

    /// <summary>Writes a model file to a stream, which needs only be writable.</summary>
    public static void Write(Stream stream, Model model, ModelFileOptions options = default)
    {
        var content = ModelFileContent.Of(model, options);
        SafetensorsWriter.Write(stream, content.Tensors, [Framework, new(Key, content.Description)]);
    }

    /// <summary>The size of a model's file in bytes, computed without writing it.</summary>
    public static long SizeOf(Model model, ModelFileOptions options = default)
    {
        var content = ModelFileContent.Of(model, options);
        return SafetensorsWriter.SizeOf(content.Tensors, [Framework, new(Key, content.Description)]);
    }

    /// <summary>A copy of the model whose lineage records the file's size in the figures of its last step (<see cref="ModelFigures.Bytes"/>). The size includes that record itself.</summary>
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

    /// <summary>Writes a model file with attachments to a stream, which needs only be writable.</summary>
    /// <exception cref="ArgumentException">An attachment's name does not contain a slash.</exception>
    public static void Write(Stream stream, Model model, ModelAttachments attachments)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        attachments.RequireNames();
        var content = ModelFileContent.Of(model, default);
        var tensors = new StateDict([.. content.Tensors, .. attachments.Tensors]);
        KeyValuePair<string, string>[] texts = [Framework, new(Key, content.Description), .. attachments.Texts];
        SafetensorsWriter.Write(stream, tensors, [.. texts, new(DigestKey, ContentDigest.Of(texts, tensors))]);
    }

    /// <summary>The model in a safetensors file, or <see langword="null"/> if the file holds only weights.</summary>
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
        ?? throw new MalformedInputException(source, null, "a safetensors file of weights only, not a model file: its metadata has no 'espalier'");
}
