using System.Globalization;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Translates the nodes of a graph one after the other, and reports all that cannot be.</summary>
internal sealed class Translation
{
    private const int Shown = 12; // ops of the report; the message has room for about that many
    private readonly Dictionary<string, Refusal> _refused = new(StringComparer.Ordinal);

    /// <summary>Translates all nodes.</summary>
    /// <exception cref="EspalierException">Nodes cannot be imported; the message lists their ops, how often and where, and what would work.</exception>
    internal static void Run(ImportState state, OnnxGraph graph)
    {
        var translation = new Translation();
        foreach (OnnxNode node in graph.Nodes)
        {
            translation.Translate(state, node);
        }

        translation.Require(state.File);
    }

    private void Translate(ImportState state, OnnxNode node)
    {
        Operand[] results = [];
        if (!OpTable.Knows(node))
        {
            Refuse(node, "");
        }
        else if (node.Inputs.All(state.IsKnown))
        {
            try
            {
                results = OpTable.Import(state, node);
            }
            catch (UnsupportedNodeException error)
            {
                Refuse(node, error.Message);
            }
            catch (OverflowException)
            {
                Refuse(node, "its extents are larger than can be counted");
            }
        }

        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length > 0)
            {
                state.Define(node.Outputs[i], i < results.Length ? results[i] : null);
            }
        }
    }

    private void Refuse(OnnxNode node, string reason)
    {
        if (!_refused.TryGetValue(node.FullOp, out Refusal? refusal))
        {
            _refused.Add(node.FullOp, refusal = new Refusal(node, reason));
        }

        refusal.Count++;
    }

    private void Require(OnnxFile file)
    {
        if (_refused.Count == 0)
        {
            return;
        }

        var message = new StringBuilder($"{file.Name}: ");
        message.Append(_refused.Values.Sum(refusal => refusal.Count)).Append(" of its nodes are none that this library can import: ");
        message.AppendJoin("; ", _refused.Values.OrderByDescending(refusal => refusal.Count).Take(Shown));
        if (_refused.Count > Shown)
        {
            message.Append(CultureInfo.InvariantCulture, $"; and {_refused.Count - Shown} other ops");
        }

        throw new MalformedInputException(file.Name, null, message.ToString(file.Name.Length + 2, message.Length - file.Name.Length - 2)) { IsUnsupportedKind = true };
    }

    private sealed class Refusal(OnnxNode first, string reason)
    {
        internal int Count { get; set; }

        public override string ToString()
        {
            string hint = OpTable.Hint(first);
            return string.Create(CultureInfo.InvariantCulture, $"{Count} {first.FullOp} (first '{first.Shown}'{(reason.Length > 0 ? $": {reason}" : "")}){(hint.Length > 0 ? $", {hint}" : "")}");
        }
    }
}
