/** Written by bench/project-odds.ts for the model all-MiniLM-L6-v2: a signed byte for each number of a vector. */
export const projectOddsWeights = {
  bytesInBase64: [
    '3tYJ7kb32OIcGjVTBvcs3TSv0jjZ4AAkCt7k9gPEtSAPImEUGQz/wPzPzE3OwyKWsxsKJyH3/+42S8xQ4QbXLQxR5uAKtu/3',
    'xR0CNQYVMoIv1vsPAB31BCTkE8h/Eg/z+CNALgglMSsBtvLvBwEt+MXBFPevCRMNDTb5iPM0SwABCAkjPh9BAvPHBEEAIe4O',
    'J0MLESW/4TQeGgQ/9/zjzDUlBQML4wPX0SjIEPENH98sCNVCLgUD1BPGQssL5fLdFgj00xIR6gbcFhPu1xfn7i3k1ENK/BID',
    '0VQsNgNsGwCzxrXU5hHp3AwTHwn61q8R/KT0Fvjm3yMZGBHrFMn5/LooE8kHHMwdMiSzFefr1ajZ7wbKHeLKXCEQGwgQF/be',
    '5touIvvZy6jFyBcb7N3s/VAo6AIwFQkMDe/RAoNesADUAy8fOATkSRZUDOjp+ifZzuG8xsxH9PLtJCY86+rgOOn6GwXoK0Ir',
    'FrciOPbNnCsQrcuWwl1FFhkEHw797OUZ',
  ].join(''),
  scale: 0.0148759,
  bias: -0.409942,
};
