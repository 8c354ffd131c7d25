using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Saves models and weights to files.</summary>
public static class ModelSaving
{
    // By convention of the Python package, the metadata names the framework; some readers require it.
    private static readonly KeyValuePair<string, string> Framework = new("format", "pt");

    /// <summary>Saves a model, or its weights only, in the format of the file's extension: <c>.espalier</c> contains the whole model, <c>.onnx</c> what other programs need of it, <c>.pth</c>, <c>.pt</c>, <c>.th</c> and <c>.safetensors</c> the weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the file. It is written atomically: an existing file is replaced only when the new one is complete, even if it is read-only. Its folder must exist.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <returns>The path, format and number of tensors of the file.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="EspalierException">The extension is unknown, the format does not support an option, or the file cannot be written.</exception>
    public static SavedModel Save(this Model model, string path, SaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new SaveOptions();
        OptionCheck.NotNull(options.Renames, $"{nameof(SaveOptions)}.{nameof(options.Renames)}");
        OptionCheck.NotEmpty(options.ShapeList, $"{nameof(SaveOptions)}.{nameof(options.ShapeList)}");
        OutputFormat form = OutputForms.Of(path);
        RequireOptionsOf(form, path, options);
        if (form == OutputFormat.ModelFile)
        {
            ModelFile.Write(path, model, new ModelFileOptions { Compact = options.Compact });
            return new SavedModel(path, form, model.Graph.Parameters.Count);
        }

        if (form == OutputFormat.Onnx)
        {
            OnnxWriter.Write(model, path, options.Onnx);
            return new SavedModel(path, form, model.Graph.Parameters.Count(parameter => !parameter.Value.IsCounter));
        }

        StateDict weights = RenameRule.Apply(options.Renames, options.Masks ? model.ToMaskedStateDict() : model.ToStateDict());
        SaveWeights(weights, path, form);
        return new SavedModel(path, form, weights.Count) { ShapeList = SaveShapes(model, path, options.ShapeList) };
    }

    internal static void SaveWeights(StateDict weights, string path, OutputFormat form)
    {
        Action write = form switch
        {
            OutputFormat.Torch => () => TorchZipWriter.Write(path, weights),
            OutputFormat.Safetensors => () => SafetensorsWriter.Write(path, weights, [Framework]),
            OutputFormat.ModelFile or OutputFormat.Onnx => throw new ArgumentException($"Weights alone are no {form.Describe()}.", nameof(form)),
        };
        write();
    }

    /// <summary>Refuses options that only another format has.</summary>
    private static void RequireOptionsOf(OutputFormat form, string path, SaveOptions options)
    {
        string? ofWeights = options.Masks ? nameof(options.Masks) : options.Renames.Count > 0 ? nameof(options.Renames) : options.ShapeList is not null ? nameof(options.ShapeList) : null;
        string? refusal = form is OutputFormat.ModelFile or OutputFormat.Onnx && ofWeights is not null ? $"{ofWeights} is about a file of weights (.pth, .safetensors), and {(form == OutputFormat.Onnx ? "an" : "a")} {form.Describe()} has everything in it"
            : form != OutputFormat.ModelFile && options.Compact ? "only a model file (.espalier) can store compact layers"
            : form != OutputFormat.Onnx && options.Onnx is not null ? $"{nameof(options.Onnx)} is about an ONNX network (.onnx)"
            : null;
        if (refusal is not null)
        {
            throw new EspalierException($"{path}: {refusal}");
        }
    }

    /// <summary>Writes a shape list if the weights do not fit the architecture of the zoo, since they could not be loaded without it.</summary>
    private static string? SaveShapes(Model model, string output, string? named)
    {
        if (named is null && SameArchitecture.IsPlain(model))
        {
            return null;
        }

        string path = named ?? ShapeList.PathBeside(output);
        ShapeList.Write(path, new NetworkDefinition(model.Graph, model.Metadata));
        return path;
    }
}

/// <summary>The options of <see cref="ModelSaving.Save"/>.</summary>
public sealed record SaveOptions
{
    /// <summary>For a model file: whether layers with many zeros are stored without them. Values are unchanged, but pruning can no longer be undone.</summary>
    public bool Compact { get; init; }

    /// <summary>For a file of weights: whether pruned weights are stored as by <c>torch.nn.utils.prune</c>, as <c>weight_orig</c> and <c>weight_mask</c>, instead of with zeros.</summary>
    public bool Masks { get; init; }

    /// <summary>For a file of weights: the rules for renaming parameters.</summary>
    public IReadOnlyList<RenameRule> Renames { get; init; } = [];

    /// <summary>For an ONNX network: the opset, preprocessing in the graph and other options; <see langword="null"/> for the defaults.</summary>
    public OnnxWriteOptions? Onnx { get; init; }

    /// <summary>The path of the shape list that is written with weights that fit no architecture of the zoo; <see langword="null"/> to write it beside the file if it is needed.</summary>
    public string? ShapeList { get; init; }
}

/// <summary>A saved file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Form">The format of the file.</param>
/// <param name="Tensors">The number of tensors in the file.</param>
public sealed record SavedModel(string Path, OutputFormat Form, int Tensors)
{
    /// <summary>The path of the shape list that was written with the weights, or <see langword="null"/>.</summary>
    public string? ShapeList { get; init; }
}
