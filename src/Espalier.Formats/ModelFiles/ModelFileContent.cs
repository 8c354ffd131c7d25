using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>The content of a model file: tensors and the JSON description.</summary>
/// <param name="Tensors">The tensors under their names in the file.</param>
/// <param name="Description">The JSON text.</param>
internal readonly record struct ModelFileContent(StateDict Tensors, string Description)
{
    private const string MaskSuffix = "_mask";

    /// <summary>Converts a model to the content of a file.</summary>
    public static ModelFileContent Of(Model model, ModelFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tensors = new List<KeyValuePair<string, Tensor>>();
        var masks = new List<KeyValuePair<string, Tensor>>();
        var compact = new List<CompactTensor>();
        foreach ((string name, _) in model.Graph.Parameters)
        {
            Parameter parameter = model.Parameters[name];
            if (options.Compact && CompactTensor.Pack(parameter.Value, parameter.Mask) is SparseForm form)
            {
                var entry = new CompactTensor(name, form.Shape);
                compact.Add(entry);
                tensors.Add(new(entry.BitsName, form.Bits));
                tensors.Add(new(entry.ValuesName, form.Values));
                continue;
            }

            tensors.Add(new(name, parameter.Value));
            if (parameter.Mask is { } mask)
            {
                masks.Add(new(name + MaskSuffix, mask));
            }
        }

        var document = new ModelDocument(
            model.Graph,
            model.Metadata,
            [.. model.Graph.Parameters.Select(p => p.Key).Where(name => !model.Parameters[name].Trainable)],
            [.. model.Graph.Parameters.Select(p => p.Key).Where(name => model.Parameters[name].Mask is not null)])
        {
            Compact = compact,
        };
        return new ModelFileContent(new StateDict([.. tensors, .. masks]), document.Write());
    }

    /// <summary>Creates the model from a file's content.</summary>
    /// <exception cref="MalformedInputException">The tensors are not those that the graph needs.</exception>
    public static Model Assemble(ModelDocument document, StateDict tensors, string source, in Limits limits)
    {
        HashSet<string> frozen = [.. document.Frozen];
        HashSet<string> masked = [.. document.Masked];
        Dictionary<string, SparseForm> compact = CompactTensors.Read(document.Compact, tensors, source, limits);
        HashSet<string> masks = [.. masked.Where(name => !compact.ContainsKey(name)).Select(name => name + MaskSuffix)];
        IEnumerable<KeyValuePair<string, Tensor>> dense = tensors.Where(t => !masks.Contains(t.Key) && !ModelAttachments.IsName(t.Key));
        var given = new StateDict(dense.Concat(compact.Select(c => KeyValuePair.Create(c.Key, c.Value.ToDense()))));
        var parameters = new List<KeyValuePair<string, Parameter>>();
        foreach ((string name, Tensor value) in Match(document.Graph, given, source))
        {
            Tensor? mask = !masked.Remove(name) ? null
                : compact.TryGetValue(name, out SparseForm? form) ? form.ToMask()
                : Mask(tensors, name, value, source);
            parameters.Add(new(name, new Parameter(value) { Trainable = !frozen.Remove(name), Mask = mask }));
        }

        if (frozen.Count + masked.Count > 0)
        {
            throw new MalformedInputException(source, null, $"the parameter '{PickleText.Clean(frozen.Concat(masked).First())}' is listed as frozen or masked, but does not exist");
        }

        return new Model(document.Graph, Parameters.From(parameters), document.Metadata);
    }

    /// <summary>The tensors converted to the types that executors read, in case Python has written others.</summary>
    private static StateDict Match(Graph graph, StateDict tensors, string source)
    {
        try
        {
            return StateDictMatcher.Match(ModelLoading.Expected(graph), tensors, exact: true);
        }
        catch (StateDictMismatchException error)
        {
            throw new MalformedInputException(source, null, PickleText.Clean(error.Message));
        }
    }

    private static Tensor Mask(StateDict tensors, string name, Tensor value, string source) =>
        tensors.TryGet(name + MaskSuffix, out Tensor? mask) && mask.Shape == value.Shape
            ? mask
            : throw new MalformedInputException(source, null, $"the mask of '{PickleText.Clean(name)}' is missing or has a different shape");
}
