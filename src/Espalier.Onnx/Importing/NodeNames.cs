using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Onnx;

/// <summary>Chooses names for the nodes of an imported network.</summary>
/// <remarks>
/// Of a node with weights it is the scope of the weight's name, if that is one of a state_dict (<c>layer1.0.conv1.weight</c>): a network that PyTorch has exported has its names again. Otherwise it is made of the
/// node's name, whose last part, the op, is left out where the rest is no scope of others (<c>/layer1/layer1.0/conv1/Conv</c>), and otherwise of the op. A name that is taken gets a number.
/// </remarks>
internal sealed class NodeNames
{
    private static readonly string[] s_roles = ["weight", "bias", "gamma", "beta", "running_mean", "running_var"];
    private static readonly string[] s_wrappers = ["StatefulPartitionedCall", "main_graph", "model_1"];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _scopes = new(StringComparer.Ordinal);

    /// <summary>The names of nodes, in their order.</summary>
    internal static Dictionary<DraftNode, string> Of(IReadOnlyList<DraftNode> nodes, int longest)
    {
        var names = new NodeNames();
        var chosen = new Dictionary<DraftNode, string>();
        foreach (DraftNode node in nodes)
        {
            names.AddScopes(Path(node));
        }

        // Weights first: their names are the more telling ones.
        foreach (DraftNode node in nodes.OrderBy(node => WeightScope(node) is null ? 1 : 0))
        {
            chosen.Add(node, names.Choose(node, longest));
        }

        return chosen;
    }

    private string Choose(DraftNode node, int longest)
    {
        string op = node.Op.Kind;
        string name = WeightScope(node) ?? "";
        if (name.Length == 0)
        {
            string[] path = Path(node);
            name = string.Join('.', path);
            name = name.Length == 0 ? op : _scopes.Contains(name) ? $"{name}.{op}" : name;
        }

        name = name.Length <= longest - 16 ? name : op;
        string free = name;
        for (int i = 1; !_taken.Add(free); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return free;
    }

    /// <summary>The scopes of the names that nodes would have.</summary>
    private void AddScopes(string[] path)
    {
        for (int count = 1; count < path.Length; count++)
        {
            _scopes.Add(string.Join('.', path[..count]));
        }
    }

    private static string? WeightScope(DraftNode node)
    {
        if (node.Constants.Count == 0)
        {
            return null;
        }

        string name = node.Constants[0].Name;
        string scope = ScopeName.Parent(name);
        bool isOfStateDict = scope.Length > 0 && s_roles.Contains(name[(scope.Length + 1)..]) && ScopeName.Fault(scope) is null;
        return isOfStateDict ? scope : null;
    }

    private static string[] Path(DraftNode node)
    {
        if (WeightScope(node) is string scope)
        {
            return scope.Split('.');
        }

        string full = node.Name ?? node.Source?.Name ?? "";
        string[] segments = [.. full.Split('/').Select(Clean).Where(segment => segment.Length > 0)];
        bool endsWithOp = segments.Length > 0 && node.Source is { } source && IsOp(segments[^1], source.Op, isAlone: segments.Length == 1);
        var path = new List<string>();
        string before = "";
        foreach (string segment in endsWithOp ? segments[..^1] : segments)
        {
            // PyTorch repeats the names of lists: /layer1/layer1.0/conv1.
            string own = before.Length > 0 && segment.StartsWith(before + ".", StringComparison.Ordinal) ? segment[(before.Length + 1)..] : segment;
            path.AddRange(own.Split('.').Where(part => part.Length > 0));
            before = segment;
        }

        return [.. path.Where((part, i) => i > 0 || path.Count == 1 || !s_wrappers.Contains(part))];
    }

    /// <summary>Whether the last part of a name is the op, with a number or more behind it; of a name of one part, with a number only.</summary>
    private static bool IsOp(string part, string op, bool isAlone) =>
        part.StartsWith(op, StringComparison.Ordinal) && (!isAlone || part[op.Length..].TrimStart('_').All(char.IsAsciiDigit));

    private static string Clean(string segment) =>
        string.Concat(segment.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_')).Trim('_', '.');
}
