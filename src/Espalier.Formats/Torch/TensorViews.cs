using System.Diagnostics.CodeAnalysis;

namespace Espalier.Formats;

/// <summary>Recognizes, in unpickled data, exactly the constructors that dense tensors need.</summary>
/// <remarks>
/// <c>torch/_utils.py</c>: <c>_rebuild_tensor</c>, <c>_v2</c>, <c>_v3</c>, <c>_rebuild_parameter</c>, <c>_rebuild_parameter_with_state</c>;
/// <c>torch/_tensor.py</c>: <c>_rebuild_from_type</c>, <c>_v2</c>; the classes <c>Parameter</c> and <c>Variable</c>, and the tensor classes of PyTorch 0.1 with their state.
/// Sparse, quantized and other tensors are recognized as tensors, so that errors can name them where they are needed.
/// </remarks>
internal sealed class TensorViews(TorchContainer container, Limits limits)
{
    private const string Utilities = "torch._utils";
    private const int MostMetadata = 16; // PyTorch writes two, neg and conj
    private const int DeepestWrapping = 8; // a parameter of a subclass wraps twice

    /// <summary>Whether a value is a tensor, of a supported kind or not.</summary>
    public bool IsTensor([NotNullWhen(true)] object? value) => value switch
    {
        PickleReference reference => container.IsTensor(reference),
        PickleCall { Callable: PickleGlobal global } call =>
            (global.Module == Utilities && global.Name.StartsWith("_rebuild_", StringComparison.Ordinal))
            || IsFromType(global) || IsParameterClass(global)
            || (call.State is PickleTuple && TorchElement.OfTensorClass(global) is not null),
        _ => false,
    };

    /// <summary>The tensor that a value describes.</summary>
    /// <exception cref="MalformedInputException">It is of an unsupported kind, or malformed.</exception>
    public TensorView Read(object? value, string name) => Read(value, name, 0);

    private TensorView Read(object? value, string name, int depth)
    {
        if (depth > DeepestWrapping)
        {
            throw Error(name, "is wrapped too deeply");
        }

        return value switch
        {
            PickleReference reference => container.Resolve(reference) as TensorView ?? throw Error(name, "is a storage, not a tensor"),
            PickleCall { Callable: PickleGlobal global } call when global.Module == Utilities => ReadRebuilt(call, global, name, depth),
            PickleCall { Callable: PickleGlobal global } call when IsFromType(global) =>
                call.Arguments.Items is [var function, _, PickleTuple arguments, ..]
                    ? Read(new PickleCall(function, arguments), name, depth + 1)
                    : throw Error(name, $"is a malformed {global}"),
            PickleCall { Callable: PickleGlobal global } call when IsParameterClass(global) =>
                Read(call.Arguments.Items is [var data, ..] ? data : call.State is PickleTuple { Items: [var state, ..] } ? state : null, name, depth + 1),
            PickleCall { Callable: PickleGlobal, State: PickleTuple parts } => View(parts.Items, name),
            _ => throw Error(name, $"is {PickleText.Describe(value)}, not a tensor"),
        };
    }

    private TensorView ReadRebuilt(PickleCall call, PickleGlobal global, string name, int depth)
    {
        IReadOnlyList<object?> arguments = call.Arguments.Items;
        switch (global.Name)
        {
            case "_rebuild_tensor": return View(arguments, name);
            case "_rebuild_tensor_v2":
                RequirePlain(arguments.ElementAtOrDefault(6), name);
                return View(arguments, name);
            case "_rebuild_tensor_v3":
                RequirePlain(arguments.ElementAtOrDefault(7), name);
                return Retype(View(arguments, name), arguments.ElementAtOrDefault(6), name);
            case "_rebuild_parameter" or "_rebuild_parameter_with_state" when arguments.Count > 0:
                return Read(arguments[0], name, depth + 1);
            default:
                throw Unsupported(name, $"is made by {global}; only dense tensors are supported, not sparse, quantized or other kinds");
        }
    }

    private TensorView View(IReadOnlyList<object?> arguments, string name)
    {
        if (arguments is not [PickleReference reference, long offset, var sizes, var strides, ..])
        {
            throw Error(name, "does not consist of a storage, an offset, sizes and strides");
        }

        TorchStorage storage = container.Resolve(reference) as TorchStorage ?? throw Error(name, "refers to a tensor instead of a storage");
        return new TensorView(storage, offset, Numbers(sizes, name), Numbers(strides, name));
    }

    private long[] Numbers(object? value, string name)
    {
        object? plain = value is PickleCall { Arguments.Items: [var inner] } call && call.Calls("torch", "Size") ? inner : value;
        if (plain is not PickleTuple { Items: var items } || items.Count > limits.TensorRank)
        {
            throw Error(name, $"has {PickleText.Describe(plain)} for sizes or strides; a tuple of at most {limits.TensorRank} is expected");
        }

        return [.. items.Select(i => i is long number ? number : throw Error(name, $"has the size or stride {PickleText.Render(i)}"))];
    }

    /// <summary>Gives an untyped storage the element type that the tensor names.</summary>
    private TensorView Retype(TensorView view, object? dtype, string name)
    {
        TorchElement? element = dtype is PickleGlobal global ? TorchElement.OfDType(global) : null;
        if (element is null || view.Storage.Element != TorchElement.Untyped || view.Storage.Count % element.Size != 0)
        {
            throw Unsupported(name, $"has the type {PickleText.Render(dtype)}, which is not supported");
        }

        return view with { Storage = view.Storage with { Element = element, Count = view.Storage.Count / element.Size } };
    }

    /// <summary>Refuses metadata of lazily negated and conjugated tensors, whose values are not those in the storage.</summary>
    private void RequirePlain(object? metadata, string name)
    {
        if (PickleObjects.Entries(metadata) is { Count: > MostMetadata })
        {
            throw Error(name, "has metadata that PyTorch does not write");
        }

        if (PickleObjects.Entry(metadata, "neg") is true || PickleObjects.Entry(metadata, "conj") is true)
        {
            throw Unsupported(name, "is a lazily negated or conjugated view (resolve_neg, resolve_conj before saving)");
        }
    }

    private static bool IsFromType(PickleGlobal global) =>
        global is { Module: "torch._tensor", Name: "_rebuild_from_type" or "_rebuild_from_type_v2" };

    private static bool IsParameterClass(PickleGlobal global) =>
        global is { Module: "torch.nn.parameter", Name: "Parameter" or "Buffer" } or { Module: "torch.autograd.variable", Name: "Variable" };

    private MalformedInputException Unsupported(string name, string problem) => new(container.Source.Name, null, $"'{name}' {problem}") { IsUnsupportedKind = true };

    private MalformedInputException Error(string name, string problem) => new(container.Source.Name, null, $"'{name}' {problem}");
}
