using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Writes models.</summary>
public static class ModelSaving
{
    // By convention of the Python package, the framework whose tensors these are; some readers insist on it.
    private static readonly KeyValuePair<string, string> Framework = new("format", "pt");

    /// <summary>Writes a model, or its weights alone, in the form that the file's extension asks for: <c>.espalier</c> has everything in it, <c>.pth</c> and <c>.safetensors</c> the weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, in a folder that exists. It is replaced only once the new one is whole, also where it is read-only: a new file takes its place, which only the folder can forbid.</param>
    /// <param name="options">How.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="EspalierException">The extension is no known form, the form cannot hold what is asked for, or the file cannot be written.</exception>
    public static SavedModel Save(this Model model, string path, SaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new SaveOptions();
        OptionCheck.NotNull(options.Renames, $"{nameof(SaveOptions)}.{nameof(options.Renames)}");
        OptionCheck.NotEmpty(options.ShapeList, $"{nameof(SaveOptions)}.{nameof(options.ShapeList)}");
        OutputFormat form = OutputForms.Of(path);
        if (form == OutputFormat.ModelFile)
        {
            RequireNothingOfWeights(path, options);
            ModelFile.Write(path, model, new ModelFileOptions { Compact = options.Compact });
            return new SavedModel(path, form, model.Graph.Parameters.Count);
        }

        if (options.Compact)
        {
            throw new EspalierException($"{path}: only a model file (.espalier) can hold layers without their zeros");
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
            OutputFormat.ModelFile => throw new ArgumentException("Weights alone are no model file.", nameof(form)),
        };
        write();
    }

    /// <summary>Refuses what only a file of weights can hold.</summary>
    private static void RequireNothingOfWeights(string path, SaveOptions options)
    {
        string? stray = options.Masks ? nameof(options.Masks) : options.Renames.Count > 0 ? nameof(options.Renames) : options.ShapeList is not null ? nameof(options.ShapeList) : null;
        if (stray is not null)
        {
            throw new EspalierException($"{path}: {stray} is about a file of weights (.pth, .safetensors), and a model file has everything in it");
        }
    }

    /// <summary>Weights that the zoo's network does not take are of no use without their network.</summary>
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

/// <summary>How a model is written.</summary>
public sealed record SaveOptions
{
    /// <summary>In a model file: layers with many zeros without them. Numbers stay the same, but pruning can no longer be undone.</summary>
    public bool Compact { get; init; }

    /// <summary>In a file of weights: pruned weights as PyTorch's prune keeps them, <c>weight_orig</c> and <c>weight_mask</c>, rather than with zeros.</summary>
    public bool Masks { get; init; }

    /// <summary>In a file of weights: how parameter names are changed.</summary>
    public IReadOnlyList<RenameRule> Renames { get; init; } = [];

    /// <summary>Where the shape list goes that weights of no network of the zoo need; <see langword="null"/> for beside the file, where it is needed.</summary>
    public string? ShapeList { get; init; }
}

/// <summary>What was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Form">Its form.</param>
/// <param name="Tensors">How many tensors it holds.</param>
public sealed record SavedModel(string Path, OutputFormat Form, int Tensors)
{
    /// <summary>The shape list that was written with weights of no network of the zoo, or <see langword="null"/>.</summary>
    public string? ShapeList { get; init; }
}
