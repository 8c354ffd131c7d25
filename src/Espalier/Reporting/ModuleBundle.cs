using System.Text;
using System.Text.RegularExpressions;

namespace Espalier;

/// <summary>Joins modules into one script: each after those that it imports, without imports and exports. All share one scope, so a name may be declared at the top of one module only.</summary>
/// <param name="read">Reads a module by its file name.</param>
internal sealed partial class ModuleBundle(Func<string, string> read)
{
    private readonly Dictionary<string, HashSet<string>?> _exports = new(StringComparer.Ordinal); // of the modules that were added; null while one is being added
    private readonly Dictionary<string, string> _declared = new(StringComparer.Ordinal); // the module of each name
    private readonly StringBuilder _script = new();

    /// <summary>Joins a module and all that it imports.</summary>
    /// <exception cref="InvalidOperationException">A module has an import or export of another form than <c>import { a, b } from './c.js';</c> and <c>export</c> before a declaration, imports a name that is not exported or itself, or declares a name again.</exception>
    internal static string Of(string module, Func<string, string> read)
    {
        var bundle = new ModuleBundle(read);
        bundle.Add(module);
        return bundle._script.ToString();
    }

    private HashSet<string> Add(string module)
    {
        if (_exports.TryGetValue(module, out HashSet<string>? known))
        {
            return known ?? throw new InvalidOperationException($"{module} imports itself by way of others");
        }

        _exports[module] = null;
        string source = read(module);
        foreach (Match import in Import().Matches(source))
        {
            HashSet<string> exported = Add(import.Groups[2].Value);
            foreach (string name in import.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries).Where(name => !exported.Contains(name)))
            {
                throw new InvalidOperationException($"{module} imports '{name}', which {import.Groups[2].Value} does not export");
            }
        }

        string body = Export().Replace(Import().Replace(source, ""), "");
        if (Other().Match(body) is { Success: true } other)
        {
            throw new InvalidOperationException($"{module}: '{other.Value}' is not of the form import {{ a, b }} from './c.js'; or export before a declaration");
        }

        Declare(module, body);
        _script.Append("// ").Append(module).Append('\n').Append(body.Trim()).Append("\n\n");
        return _exports[module] = [.. Exported().Matches(source).Select(match => match.Groups[1].Value)];
    }

    private void Declare(string module, string body)
    {
        foreach (string name in Declaration().Matches(body).Select(match => match.Groups[1].Value))
        {
            if (!_declared.TryAdd(name, module))
            {
                throw new InvalidOperationException($"{module} declares '{name}', as {_declared[name]} does");
            }
        }
    }

    [GeneratedRegex(@"^import \{ ([\w, ]+) \} from '\./([\w-]+\.js)';\n", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"^export (?=(?:async )?(?:function|const|let|class) )", RegexOptions.Multiline)]
    private static partial Regex Export();

    [GeneratedRegex(@"^export (?:async )?(?:function|const|let|class) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Exported();

    [GeneratedRegex(@"^(?:import|export)\b.*|^(?:const|let|var) [\[{].*|\bimport\(.*", RegexOptions.Multiline)]
    private static partial Regex Other();

    [GeneratedRegex(@"^(?:async )?(?:function|const|let|var|class) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
