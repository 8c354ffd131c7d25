using System.Text;
using System.Text.Unicode;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Onnx;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Determines the kind and content of files, independently of their names. No code in a file is executed, and the limits are enforced.</summary>
/// <param name="path">The path of the file.</param>
/// <param name="limits">Limits on file and tensor sizes.</param>
internal sealed class FileInspector(string path, Limits limits)
{
    private const int StartBytes = 64;
    private const int ShownBytes = 16;
    private const long LargestText = 1 << 26; // a million classes of long names
    private const int LongestName = 200; // of a class
    private const string AmountsHeader = "name,amount";
    private const string TrainingKey = "training/version";

    private readonly long _length = new FileInfo(path).Length;

    /// <summary>Determines the kind and content of a file.</summary>
    /// <exception cref="MalformedInputException">The file has a known format but is damaged, or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The path is a folder, or the file cannot be opened or read.</exception>
    internal static FileInspection Inspect(string path, Limits? limits = null)
    {
        path = ModelPath.Resolve(path);
        return Directory.Exists(path)
            ? throw new EspalierException($"{path} is a folder; expected a file")
            : new FileInspector(path, limits ?? Limits.Default).Inspect();
    }

    private FileInspection Inspect()
    {
        if (_length == 0)
        {
            return Found(FileKind.Unknown, "an empty file");
        }

        byte[] start = Start();
        if (OtherFiles.Describe(start) is string other && start is not [0x1F, 0x8B, ..])
        {
            return Found(FileKind.Unknown, $"not recognized: {other}");
        }

        return Picture(start) ?? ArrayFiles.Inspect(path, _length, start) ?? Weights(start) ?? Onnx() ?? Cifar() ?? TextFile()
            ?? OtherPicture(start) ?? Found(FileKind.Unknown, $"not recognized: it begins with the bytes {Convert.ToHexString(start.AsSpan(0, Math.Min(ShownBytes, start.Length)))}");
    }

    private byte[] Start()
    {
        using FileStream file = File.OpenRead(path);
        byte[] start = new byte[(int)Math.Min(StartBytes, _length)];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private FileInspection? Picture(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> few = start[..Math.Min(ShownBytes, start.Length)];
        bool isText = !few.Contains((byte)0); // a list of labels may begin with BM, as BMP images do, whose bytes 6 to 9 are 0
        string? form = start is [0xFF, 0xD8, 0xFF, ..] ? "JPEG" : start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "PNG" : isText ? null : FileContent.OptionalFormatOf(few);
        if (form is null)
        {
            return null;
        }

        if (!ImageDecoder.Recognizes(few))
        {
            return Found(FileKind.Image, FileContent.ImageFormatOf(few)!);
        }

        Image image = ImageDecoder.Decode(path, ImageDecodingOptions.Default with { Limits = limits });
        return Found(FileKind.Image, $"a {form} picture of {image.Width}x{image.Height} pixels");
    }

    /// <summary>An image of a format that nothing here reads.</summary>
    private FileInspection? OtherPicture(ReadOnlySpan<byte> start) =>
        FileContent.ImageFormatOf(start[..Math.Min(ShownBytes, start.Length)]) is string format ? Found(FileKind.Unknown, $"{format}, which is not read: convert it to JPEG or PNG") : null;

    private FileInspection? Weights(byte[] start)
    {
        const byte Pickle = 0x80; // the opcode PROTO, with which pickles since protocol 2 begin; older ones are text
        CheckpointFormat format;
        try
        {
            format = CheckpointReader.Recognise(path, limits);
        }
        catch (MalformedInputException error) when (start[0] != Pickle && !error.Reason.Contains("a plain pickle", StringComparison.Ordinal))
        {
            return null; // for a pickle the error is thrown, because it describes the content
        }

        return format == CheckpointFormat.Safetensors && ModelFile.Is(path, limits) ? ModelOrTraining() : Checkpoint();
    }

    private FileInspection Checkpoint()
    {
        ShardIndex? parts = CheckpointReader.FindIndex(path, limits);
        Checkpoint checkpoint = CheckpointReader.Read(path, new CheckpointOptions { Limits = limits });
        (FileKind kind, string form) = checkpoint.Format switch
        {
            CheckpointFormat.TorchZip => (FileKind.TorchZip, "a PyTorch checkpoint (zip archive)"),
            CheckpointFormat.TorchLegacyStream => (FileKind.TorchLegacyStream, "a PyTorch checkpoint (stream of pickles, before PyTorch 1.6)"),
            CheckpointFormat.TorchLegacyTar => (FileKind.TorchLegacyTar, "a PyTorch checkpoint (tar archive of PyTorch 0.1)"),
            CheckpointFormat.Safetensors => (FileKind.Safetensors, "a safetensors file of weights alone"),
        };
        return Found(kind, parts is null ? form : $"the index of a checkpoint in {parts.Files.Count} parts: {form}") with
        {
            Facts =
            [
                .. checkpoint.Wrapper.Length == 0 ? [] : Facts(("state_dict under", checkpoint.Wrapper)),
                .. Masks(MaskedStateDict.Split(checkpoint.StateDict).Masks.Count),
                .. checkpoint.Notes.Select(note => KeyValuePair.Create(note.Name, note.Text)),
            ],
            Tensors = [.. checkpoint.StateDict.Select(tensor => InspectedTensor.Of(tensor.Key, tensor.Value))],
            Network = NetworkMatch.Find(checkpoint.StateDict, architecture => ClaimedArchitecture.Contradiction(architecture, path, checkpoint.Notes)),
        };
    }

    private FileInspection ModelOrTraining()
    {
        TrainingCheckpoint? training = SafetensorsReader.ReadMetadata(path, limits).Any(text => text.Key == TrainingKey) ? TrainingCheckpoint.Read(path, limits) : null;
        Model model = training?.Model ?? ModelFile.Read(path, limits);
        StateDict tensors = model.ToMaskedStateDict();
        KeyValuePair<string, string>[] state = training is null ? [] : Facts(
            ("epochs finished", $"{training.History.Count}"),
            ("next batch", $"{training.Position.Batch + 1} of epoch {training.Position.Epoch + 1}"),
            ("best epoch", training.Best.Epoch > 0 ? $"{training.Best.Epoch}" : "none yet"));
        return Found(training is null ? FileKind.Model : FileKind.TrainingCheckpoint, training is null ? "a model file" : "a checkpoint of a training: a model file with the training's state") with
        {
            Facts = [.. state, .. Facts(model.Metadata), .. Masks(model.Parameters.Values.Count(parameter => parameter.Mask is not null))],
            Tensors = [.. tensors.Select(tensor => InspectedTensor.Of(tensor.Key, tensor.Value))],
            Network = new NetworkMatch(new NetworkDefinition(model.Graph, model.Metadata), model.Graph.Parameters.Count(parameter => !parameter.Value.IsCounter)),
        };
    }

    private FileInspection? Onnx()
    {
        if (!OnnxRecognition.Is(path))
        {
            return null;
        }

        OnnxDescription description = OnnxReader.Describe(path, limits);
        FileInspection found = Found(FileKind.Onnx, $"an ONNX network{(description.Producer.Length > 0 ? $", written by {description.Producer}" : "")}") with
        {
            Facts = Facts(
                ("operators", $"{string.Join(", ", description.Opsets.Select(set => $"{set.Key} {set.Value}"))}, IR version {description.IrVersion}"),
                ("inputs", string.Join("; ", description.Inputs)),
                ("outputs", string.Join("; ", description.Outputs)),
                ("ops", string.Join(", ", description.Ops.Select(op => $"{op.Value} {op.Key}")))),
        };
        try
        {
            OnnxImport import = OnnxReader.Read(path, new OnnxReadOptions { Limits = limits });
            Model model = import.Model;
            return found with
            {
                Facts = [.. found.Facts, .. Facts(model.Metadata), .. import.Notes.Select(note => KeyValuePair.Create("note", note))],
                Tensors = [.. model.ToStateDict().Select(tensor => InspectedTensor.Of(tensor.Key, tensor.Value))],
                Network = new NetworkMatch(new NetworkDefinition(model.Graph, model.Metadata), model.Graph.Parameters.Count(parameter => !parameter.Value.IsCounter)),
            };
        }
        catch (EspalierException error) when (error is not MalformedInputException)
        {
            return found with { Facts = [.. found.Facts, KeyValuePair.Create("not read", error.Message)] };
        }
    }

    /// <summary>Recognizes a CIFAR file if its length and all its labels are possible.</summary>
    private FileInspection? Cifar()
    {
        const int Record = 3073; // bytes: a class and 3 planes of 32x32
        if (_length % Record != 0 && _length % (Record + 1) != 0)
        {
            return null;
        }

        try
        {
            var images = CifarDataset.Open([path]);
            return Found(FileKind.Cifar, $"CIFAR-{images.Labels.Count} in binary form: {images.Count} images of 32x32 pixels");
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    private FileInspection? TextFile()
    {
        if (_length > LargestText)
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (!Utf8.IsValid(bytes) || bytes.AsSpan().ContainsAnyInRange((byte)0, (byte)8))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(bytes).TrimEnd();
        string[] lines = text.Split('\n');
        return text.AsSpan().TrimStart().StartsWith("{") ? Json()
            : lines[0].Trim() == AmountsHeader ? Found(FileKind.Amounts, $"shares to remove of {lines.Length - 1} layers or groups")
            : lines.Length > 1 && Array.TrueForAll(lines, line => line.Trim().Length is > 0 and <= LongestName) ? Found(FileKind.Labels, $"text of {lines.Length} lines: the names of {lines.Length} classes, if it is meant to be that")
            : null;
    }

    private FileInspection? Json()
    {
        try
        {
            NetworkDefinition network = ShapeList.Read(path, limits);
            return Found(FileKind.ShapeList, "a shape list: the network of a checkpoint that fits none of the zoo") with
            {
                Facts = Facts(network.Metadata),
                Network = new NetworkMatch(network, network.Graph.Parameters.Count(parameter => !parameter.Value.IsCounter)),
            };
        }
        catch (MalformedInputException) when (!path.EndsWith(ShapeList.Extension, StringComparison.Ordinal))
        {
            return null; // some other JSON
        }
    }

    private FileInspection Found(FileKind kind, string description) => new(path, _length, kind, description);

    private static KeyValuePair<string, string>[] Masks(int count) => count == 0 ? [] : Facts(("pruning masks", $"of {count} parameters"));

    private static KeyValuePair<string, string>[] Facts(ModelMetadata metadata) => Facts(
        ("labels", metadata.Labels.Count == 0 ? "none" : $"{metadata.Labels.Count}: {string.Join(", ", metadata.Labels.Take(3))}{(metadata.Labels.Count > 3 ? ", …" : "")}"),
        ("preprocessing", metadata.Preprocessing is { } preprocessing ? Describe(preprocessing) : "none"),
        ("lineage", metadata.Lineage.Count == 0 ? "none" : string.Join(", ", metadata.Lineage.Select(entry => entry.Action))));

    private static string Describe(Preprocessing preprocessing) => string.Join(
        ", ",
        ((string?[])[
            preprocessing.Resize is int side ? $"shorter side to {side}" : null,
            preprocessing.Stretch is { } size ? $"stretched to {size}" : null,
            preprocessing.Crop is { } crop ? $"cropped to {crop}" : null,
            $"mean {preprocessing.Normalization.Mean}",
            $"std {preprocessing.Normalization.StandardDeviation}",
        ]).OfType<string>());

    private static KeyValuePair<string, string>[] Facts(params (string Name, string Text)[] facts) => [.. facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Text))];
}
